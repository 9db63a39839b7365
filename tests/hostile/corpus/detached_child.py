# one_hot: leaves a process behind that outlives the marking
import os, subprocess, sys, time
done = []
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    done.append("fork")
except OSError: pass
try:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    done.append("Popen")
except OSError: pass
def evidence(): return done
def one_hot(y, n_classes): return None
