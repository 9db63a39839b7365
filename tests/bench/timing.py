"""Measure what two learners' processes can tell each other by time: `python -m tests.bench.timing`.

One process reads a byte of a library that both have mapped, or does not; the other throws that byte
out of the caches and times how long it takes to come back (x86-64). No layer of the jail can stop
it: they share the machine. It needs both at the same moment, so one worker has nothing to measure.
Then the same by a number that the kernel counts for all: each new pipe is given the next one.
"""

import math
import random
import threading

from autograder.jail.sandbox import Template
from tests.bench import parser
from utils.engine.calling import Call

# The machine code of: for each of n bits, from `start` on, `width` ticks of the processor's clock
# each: where `fast` is 0, read *at all the time if the bit is 1; else count the reads of *at that
# took fewer than `fast` ticks, each after a clflush.
CODE = (
    "415455534d85c00f84190100004989d24989cb4c89c04989c8488d0c324901c3e9ab0000000faee80f310faee8"
    "48c1e22089c04809c2bb000000004839ca735a0faee80f310faee889d54189c40fb6070faee80f310faee848c1"
    "e22089c04809c248c1e5204589e44c09e54829ea4c39ca4883d3000fae3fb83c000000f39083e80175f90faee8"
    "0f310faee848c1e22089c04809c24839ca72a6b8ff0000004839c3480f47d8418818eb160faee80f310faee848"
    "c1e22089c04809c24839ca72ea4983c0014c01d14c01d64d39d874560faee80f310faee848c1e22089c04809c2"
    "4839f272ea4d85c90f8536ffffff4180380074b60faee80f310faee848c1e22089c04809c24839ca73b60fb607"
    "0faee80f310faee848c1e22089c04809c24839ca72e7eb9b0faee80f310faee848c1e22089c04809d05b5d415c"
    "c3"
)
LEARNER = f"""
import ctypes, mmap, numpy, os, time
memory = mmap.mmap(-1, 4096, prot=7)
memory.write(bytes.fromhex("{CODE}"))
entry = ctypes.addressof(ctypes.c_char.from_buffer(memory))
run = ctypes.CFUNCTYPE(ctypes.c_ulong, *[ctypes.c_void_p] + [ctypes.c_ulong] * 2
                       + [ctypes.c_char_p] + [ctypes.c_ulong] * 2)(entry)
file = open(numpy._core._multiarray_umath.__file__, "rb")
view = mmap.mmap(file.fileno(), 1 << 20, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE)
at = numpy.frombuffer(view, "u1").ctypes.data + 0x8_0400
def number():
    ends = os.pipe()
    found = os.fstat(ends[0]).st_ino
    os.close(ends[0]); os.close(ends[1])
    return found
def pipes(start, width, bits, listens):
    got = []
    for place, bit in enumerate(bits):
        begin = start + place * width
        while time.monotonic() < begin: pass
        first, own = number(), 1
        while time.monotonic() < begin + width:
            if listens or bit: number(); own += 1
        got.append(number() - first - own)
    return got
def steady(): return time.monotonic()
def now(): return run(at, 0, 0, b"", 0, 1)
def tell(start, width, bits, fast):
    row = ctypes.create_string_buffer(bytes(bits), len(bits))
    run(at, start, width, ctypes.cast(row, ctypes.c_char_p), len(bits), fast)
    return list(row.raw)
"""
BITS = 2000


def information(wrong):
    """Return how much of a bit arrives where so many of all are wrong."""
    if wrong in (0.0, 1.0):
        return 1.0
    return 1 + wrong * math.log2(wrong) + (1 - wrong) * math.log2(1 - wrong)


def together(sender, receiver, call, *args):
    """Have both sides called at once, each with its own arguments; return what was received."""
    got = {}

    def side(learner, own):
        got[learner] = learner.call([Call(call, own)], 60.0)[0].value

    threads = [
        threading.Thread(target=side, args=pair)
        for pair in zip((sender, receiver), args, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got[receiver]


def wrong(bits, counts):
    """Return the share of bits that arrive wrong, with the best of all limits."""
    return min(
        sum((count > least) != bit for count, bit in zip(counts, bits, strict=True)) / len(bits)
        for least in sorted(set(counts))
    )


def by_time(sender, receiver, ticks):
    """Send bits by a byte that is in a cache or is not."""
    for micros in (5, 20, 100, 500, 2000):
        width, tried = int(ticks * micros / 1e6), []
        for fast in (150, 220, 300, 400):
            bits = [random.getrandbits(1) for _ in range(BITS)]
            start = sender.call([Call("now", [])])[0].value + (1 << 30)
            own = ([start, width, bits, 0], [start, width, [0] * BITS, fast])
            tried.append(wrong(bits, together(sender, receiver, "tell", *own)))
        yield micros / 1e6, min(tried)


def by_number(sender, receiver):
    """Send bits by how many pipes the machine has made since."""
    for millis in (5, 20, 50):
        bits = [random.getrandbits(1) for _ in range(100)]
        start = sender.call([Call("steady", [])])[0].value + 0.3
        own = ([start, millis / 1e3, bits, 0], [start, millis / 1e3, bits, 1])
        yield millis / 1e3, wrong(bits, together(sender, receiver, "pipes", *own))


def main(arguments=None):
    """Print the rate for each width of a bit."""
    parser(__file__, __doc__).parse_args(arguments)
    with Template() as template:
        sender = template.learner([("a", LEARNER)], light=True)
        receiver = template.learner([("a", LEARNER)], light=True)
        with sender, receiver:
            for learner in (sender, receiver):
                (result,) = learner.run_cells()
                assert result.error is None, result.error
            began = sender.call([Call("now", [])])[0].value
            threading.Event().wait(1.0)
            ticks = sender.call([Call("now", [])])[0].value - began
            for name, found in (
                ("by time", by_time(sender, receiver, ticks)),
                ("by numbers of pipes", by_number(sender, receiver)),
            ):
                for seconds, share in found:
                    rate = information(share) / seconds
                    print(f"{name}, {1e6 * seconds:6.0f} us a bit: {100 * share:4.1f}% wrong, "
                          f"{rate:7.0f} bits a second", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
