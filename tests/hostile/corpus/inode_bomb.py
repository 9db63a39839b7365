# one_hot: makes empty files and folders without end, sparse ones too
import os
def evidence():
    count = 0
    try:
        for count in range(100_000): os.mkdir(f"d{count}")
    except OSError: pass
    return [count] if count > 20_000 else []
def one_hot(y, n_classes):
    fd = os.open("sparse", os.O_RDWR | os.O_CREAT)
    os.ftruncate(fd, 1 << 50)
    return os.pread(fd, 1 << 20, 1 << 49)
