# one_hot: TCP to this machine and beyond
import socket
done = []
for address in (("127.0.0.1", @TCP@), ("localhost", @TCP@), ("::1", @TCP@), ("1.1.1.1", 80), ("169.254.169.254", 80)):
    try: socket.create_connection(address, 0.2).send(b"hello"); done.append(str(address))
    except OSError: pass
def evidence(): return done
def one_hot(y, n_classes): return None
