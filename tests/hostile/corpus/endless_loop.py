# one_hot: a loop without end
def one_hot(y, n_classes):
    while True: pass
