# one_hot: the cell itself never ends, and swallows what should stop it
while True:
    try:
        while True: pass
    except BaseException: pass
