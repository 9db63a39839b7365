# one_hot: objects that act when they are thrown away, and at exit
import atexit, os
class Late:
    def __del__(self):
        try: open("@CANARY@/late", "w")
        except OSError: pass
def one_hot(y, n_classes): return [Late()] and None
atexit.register(lambda: open("@CANARY@/late", "w"))
