# one_hot: names, messages and outputs that are no text
class Odd(Exception): pass
Odd.__name__ = "\ud800" * 50
import os
os.write(1, b"\xff\xfe\x00<script>alert(1)</script>\x1b[2J")
print("\ud800" if False else "ok")
def one_hot(y, n_classes): raise Odd("\udfff\x00" * 1000)
