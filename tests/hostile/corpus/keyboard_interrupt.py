# one_hot: KeyboardInterrupt and GeneratorExit, which careless code passes on
turn = []
def one_hot(y, n_classes):
    turn.append(1)
    raise (KeyboardInterrupt, GeneratorExit, StopIteration)[len(turn) % 3]
