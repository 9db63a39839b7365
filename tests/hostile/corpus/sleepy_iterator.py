# one_hot: an iterator that sleeps for ever, after the function has returned
import time
def one_hot(y, n_classes):
    def rows():
        while True:
            try: time.sleep(60)
            except BaseException: pass
            yield 1
    return rows()
