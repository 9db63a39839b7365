# one_hot: vfork, clone, clone3, posix_spawn, multiprocessing, shell escapes
import ctypes, multiprocessing, os, sys
libc = ctypes.CDLL(None, use_errno=True)
done = []
for number, args in ((57, ()), (58, ()), (56, (17, 0, 0, 0, 0)), (435, (0, 0))):
    pid = libc.syscall(number, *args)
    if pid == 0: os._exit(0)
    if pid > 0: done.append(number)
for run in (lambda: os.posix_spawn(sys.executable, ["python"], {}), lambda: os.execv(sys.executable, ["python"]),
            lambda: multiprocessing.Process(target=print).start(), lambda: os.popen("true").close()):
    try: run(); done.append("ran")
    except Exception: pass
if os.system("true") == 0: done.append("system")
def evidence(): return [d for d in done if d != "ran"]
def one_hot(y, n_classes): return None
!touch @CANARY@/shell
