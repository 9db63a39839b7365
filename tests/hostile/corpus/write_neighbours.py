# one_hot: overwrites the gradebook and other submissions
import os
done = []
for path in ("@CANARY@/gradebook.db", "@CANARY@/other.ipynb", "@CANARY@/new", "@ROOT@/new"):
    try: open(path, "w").write("mine"); done.append(path)
    except OSError: pass
    try: os.remove(path); done.append(path)
    except OSError: pass
def evidence(): return done
def one_hot(y, n_classes): return None
