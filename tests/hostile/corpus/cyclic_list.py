# one_hot: a list that contains itself
def one_hot(y, n_classes):
    value = []; value.append(value)
    return value
