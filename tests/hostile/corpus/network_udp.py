# one_hot: UDP and raw packets
import socket
done = []
for kind, proto in ((socket.SOCK_DGRAM, 0), (socket.SOCK_RAW, 1)):
    try:
        with socket.socket(socket.AF_INET, kind, proto) as s:
            s.sendto(b"hello", ("127.0.0.1", @UDP@)); done.append("sent")
    except OSError: pass
def evidence(): return done
def one_hot(y, n_classes): return None
