"""A learner's process: runs cells, answers calls, keeps its limits, dies alone."""

import contextlib
import math
import socket
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from autograder.jail import bwrap
from autograder.jail.sandbox import Budget, Clock, JailError, Limits, Template
from autograder.jail.sound import outcomes_from_body
from utils.engine.calling import Call, Failure
from utils.engine.plain import ModelData, Result, Rng, Source

pytestmark = pytest.mark.jail
QUICK = {"cell": 0.5, "notebook": 2.0, "call": 0.3, "grace": 0.3}


@pytest.fixture
def learner(template):
    """Return a function that starts a learner with short limits on some cells."""
    started = []

    def start(*sources, forbid=(), budget=None, **limits):
        limits, template.limits = template.limits, Limits(**{**QUICK, **limits})
        cells = [(f"cell {i}", source) for i, source in enumerate(sources)]
        started.append(template.learner(cells, forbid, budget))
        template.limits = limits
        return started[-1]

    yield start
    template.close_learners(started)


def value(learner, name, *args):
    [outcome] = learner.call([Call(name, list(args))])
    assert outcome.error is None, outcome.error
    return outcome.value


def test_cells_share_a_namespace_and_outputs_are_kept(learner):
    """Do cells see each other, and is what they print kept apart by cell and by stream?"""
    first, second = learner(
        "import sys\nx = 2\nprint('out')\nprint('err', file=sys.stderr)",
        "import os\nos.write(1, b'past Python')\nx + 1",
    ).run_cells()
    assert (first.stdout, first.stderr, first.error) == ("out\n", "err\n", None)
    assert "past Python" in second.stdout
    assert "3" in second.stdout
    assert second.stderr == ""
    assert 0 < first.seconds < 5


def test_failing_cell_stops_nothing(learner):
    """Is a failure reported with its line, and does the next cell run?"""
    failed, syntax, after = learner("a = 1\nb = a / 0", "def f(:", "a += 1").run_cells()
    assert failed.error == Failure("ZeroDivisionError", "division by zero", "b = a / 0")
    assert syntax.error.type == "SyntaxError"
    assert after.error is None


def test_notebook_syntax_runs(learner):
    """Do magics, top-level await and a last expression work as in a notebook?"""
    results = learner("%time x = 1", "await __import__('asyncio').sleep(0)", "x").run_cells()
    assert [result.error for result in results] == [None] * 3


PROMPTS = ">>> def f(z):\n...     return z\n\n>>> y = f(2)"
NUMBERED = "In [1]: y = 2\n\nIn [2]: y += 0"
BELOW_BLANKS = "\n\n    # told as in a notebook\ny = 2"
BLANKS = 'y = len("""\n    \n""")'


@pytest.mark.parametrize("cell", [PROMPTS, NUMBERED, BELOW_BLANKS, BLANKS, "y = 2;", "\ty = 2"])
def test_what_ipython_takes_off_a_cell_is_taken_off(learner, cell):
    """Does a cell with prompts, blank lines or an indent run as it does in a notebook?"""
    asked = learner(cell, "def two(): return y")
    assert [result.error for result in asked.run_cells()] == [None, None]
    assert value(asked, "two") == 2


def test_a_cell_of_python_is_warned_of_once(learner):
    """Is a warning of Python's own about a cell's text told once, as in a notebook?"""
    [result] = learner("assert (1, 'always')").run_cells()
    assert result.stderr.count("SyntaxWarning") == 1


def test_names_of_the_template_are_not_there(learner):
    """Has a first cell no names but those of a fresh notebook, `np` least of all?"""
    [result] = learner("print(sorted(n for n in dir() if n[0] != '_'))").run_cells()
    assert result.stdout == "['In', 'Out', 'exit', 'get_ipython', 'open', 'quit']\n"


def test_output_is_cut(learner):
    """Is only the beginning of a flood of output kept?"""
    [result] = learner("print('x' * 1_000_000)", output=1000).run_cells()
    assert result.stdout.startswith("x" * 1000 + "\n[999001 more bytes]")


def test_endless_cell_is_stopped_and_the_next_runs(learner):
    """Is a cell that never ends stopped at its limit, and are later cells run?"""
    one = learner("y = 1\nwhile True: pass", "def f(): return y")
    results = one.run_cells()
    assert results[0].error.type == "Timeout"
    assert results[1].error is None
    assert value(one, "f") == 1


@pytest.mark.parametrize("magic", ["", "%%time\n"])
def test_endless_cell_is_waited_out_once_a_submission(template, learner, magic):
    """Does the next process of a submission run what stands before a loop without end, no more?"""
    budget, after = Budget(Limits()), "def f(): return ready, turns"
    cells = "turns = 0", f"{magic}ready = True\nwhile True: turns += 1\nready = False", after
    first, second = (learner(*cells, budget=budget) for _ in range(2))
    errors = [[r.error and r.error.type for r in one.run_cells()] for one in (first, second)]
    assert errors == [[None, "Timeout", None]] * 2
    assert value(first, "f")[1] > 0
    assert value(second, "f") == [True, 0]


def test_cell_that_kills_is_left_out_of_the_next_process(learner):
    """Does a cell that ends the process fail alone: are the cells around it run again?"""
    one = learner("a = 1", "import os; os._exit(3)", "def f(): return a")
    results = one.run_cells()
    assert [r.error and r.error.type for r in results] == [None, "Died", None]
    assert value(one, "f") == 1


def test_call_that_kills_fails_alone(learner):
    """Does a call that ends the process fail, and the next one find a new process?"""
    one = learner("import os\ndef f(x):\n    if x == 2: os.abort()\n    return x")
    outcomes = one.call_many([[Call("f", [x])] for x in (1, 2, 3)])
    assert [o.value for [o] in outcomes] == [1, None, 3]
    assert outcomes[1][0].error.type == "Died"


def test_process_is_not_started_for_ever(learner):
    """Is a learner whose every call ends the process given up?"""
    one = learner("import os\ndef f(): os._exit(0)", restarts=1)
    outcomes = one.call_many([[Call("f", [])]] * 6)
    assert {o.error.type for [o] in outcomes} == {"Died"}
    assert "too often" in outcomes[-1][0].error.message


def test_late_call_times_out_and_others_go_on(learner):
    """Is a late call a Timeout, softly in Python and hard in C, and the next one answered?"""
    source = (
        "import itertools\n"
        "def f(x):\n"
        "    while x == 1: pass\n"
        "    if x == 2: sum(itertools.repeat(0))\n"
        "    return x"
    )
    outcomes = learner(source).call_many([[Call("f", [x])] for x in (0, 1, 2, 3)])
    kinds = [o.error and o.error.type for [o] in outcomes]
    assert kinds == [None, "Timeout", "Timeout", None]


def test_patience_ends(learner):
    """Are the other cases of a function that is always late given up?"""
    one = learner("def f():\n    while True: pass", patience=2)
    outcomes = one.call_many([[Call("f", [])]] * 30)
    assert {o.error.type for [o] in outcomes} == {"Timeout"}
    assert [o.error.message for [o] in outcomes[2:]] == ["earlier calls took too long"] * 28


def test_deadline_of_a_call_can_be_longer(learner):
    """May an exercise allow more time than usual?"""
    one = learner(
        "import time\n"
        "def f():\n"
        "    end = time.process_time() + 0.6\n"
        "    while time.process_time() < end: pass\n"
        "    return 1"
    )
    assert one.call([Call("f", [])])[0].error.type == "Timeout"
    assert one.call([Call("f", [])], deadline=2.0)[0].value == 1


def test_what_waits_is_stopped_by_the_clock_and_given_up(learner):
    """Is a call that sleeps, which uses no processor time, stopped, and not waited for again?"""
    one = learner(
        "import signal, time\n"
        "def f(): time.sleep(60)\n"
        "def g():\n"
        "    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGPROF})\n"
        "    time.sleep(60)\n"
        "def h(): return 1",
        wall=3.0,
    )
    for name in ("f", "g"):
        started = time.monotonic()
        outcomes = one.call_many([[Call(name, [])]] * 5)
        assert {o.error.type for [o] in outcomes} == {"Timeout"}
        assert time.monotonic() - started < 20 * 3.0 * QUICK["call"]
    assert value(one, "h") == 1


def test_a_sleeping_cell_is_stopped_and_the_next_runs(learner):
    """Is a cell that waits for ever stopped by the clock on the wall?"""
    first, second = learner("import time\ntime.sleep(600)", "1 + 1", wall=2.0).run_cells()
    assert first.error.type == "Timeout"
    assert second.error is None


@pytest.mark.slow
def test_a_busy_machine_costs_nobody_a_point(learner):
    """Does a call or cell that needs most of its time get it, with eight processes at work?"""
    work = "while time.process_time() < end: pass"
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(8)]
    try:
        one = learner(
            f"import time\nend = time.process_time() + 0.7 * {QUICK['cell']}\n{work}",
            "def f():\n"
            f"    end = time.process_time() + 0.7 * {QUICK['call']}\n    {work}\n"
            "    return 1",
            wall=40.0,
        )
        assert [result.error for result in one.run_cells()] == [None, None]
        outcomes = one.call_many([[Call("f", [])]] * 4)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert [o.value for [o] in outcomes] == [1] * 4


def test_running_out_of_memory_is_named(learner):
    """Is a call that needs too much memory told so, in the same process?"""
    one = learner("import numpy as np\ndef f(n): return float(np.ones(n).sum())", memory=256 << 20)
    assert one.call([Call("f", [1 << 27])], deadline=5.0)[0].error.type == "MemoryError"
    assert value(one, "f", 10) == 10.0


def test_scratch_folder_is_small_private_and_gone(learner, template):
    """Can files be written, up to a limit, and does the next learner find none?"""
    source = (
        "import os\n"
        "def f():\n"
        "    open('kept', 'w').write('x' * 1000)\n"
        "    try:\n"
        "        for i in range(100): open(f'big{i}', 'wb').write(bytes(1 << 20))\n"
        "    except OSError as error: return [os.getcwd(), type(error).__name__, i]\n"
        "def names(): return os.listdir()"
    )
    one = learner(source, scratch_size=8 << 20)
    folder, kind, count = value(one, "f")
    assert (folder, kind) == ("/scratch", "OSError")
    assert 4 <= count <= 8
    assert value(learner(source), "names") == []


RIGHT = """
import numpy as np
def scale(x): return 10 * x
def apart(x): return x.max(), [x.min()], {"n": len(x)}
def slope(f, x, eps=1e-3): return (f(x + eps) - f(x - eps)) / (2 * eps)
def shuffled(n, rng): return rng.permutation(n)
def refuses(x): raise ValueError(f"no {x}")
def slow(): return sum(range(10**9))
def first_weight(model): return model.get_weights()[0][0, 0]
"""


@pytest.fixture
def lent(learner):
    """Return a function that starts a learner to whom right answers are lent."""

    def start(source, *names, **limits):
        one = learner(source, **limits)
        one.borrow(names, RIGHT)
        return one

    return start


def test_what_is_lent_replaces_the_learners_and_survives_a_restart(lent):
    """Is a lent function called where the learner had one, also in the next process?"""
    source = "import os\ndef scale(x): return 0\ndef f(x): return scale(x)\ndef die(): os._exit(1)"
    one = lent(source, "scale")
    assert value(one, "f", 2) == 20
    one.call([Call("die", [])])
    assert value(one, "f", 3) == 30


def test_what_is_lent_returns_what_it_is(lent):
    """Do tuples, NumPy numbers and dicts come back as themselves, and failures as theirs?"""
    one = lent(
        "import numpy as np\n"
        "def kinds():\n"
        "    a, [b], c = apart(np.array([1.0, 3.0]))\n"
        "    return [type(a).__name__, float(b[..., None][0]), c]\n"
        "def fails():\n"
        "    try: refuses(7)\n"
        "    except ValueError as error: return str(error)",
        "apart", "refuses",
    )  # fmt: skip
    assert value(one, "kinds") == ["float64", 1.0, {"n": 2}]
    assert value(one, "fails") == "no 7"


def test_functions_and_generators_cross_to_what_is_lent(lent):
    """Is a learner's function called back, also when it calls what is lent; do draws go on?"""
    one = lent(
        "import numpy as np\n"
        "def square(): return slope(lambda x: x * scale(x), 3.0)\n"
        "def broken():\n"
        "    try: slope(lambda x: 1 / 0, 3.0)\n"
        "    except ZeroDivisionError: return 'told'\n"
        "def draws(seed):\n"
        "    rng = np.random.default_rng(seed)\n"
        "    return [shuffled(5, rng), shuffled(5, rng)]",
        "slope", "scale", "shuffled",
    )  # fmt: skip
    assert value(one, "square") == pytest.approx(60)
    assert value(one, "broken") == "told"
    rng = np.random.default_rng(4)
    assert [list(draw) for draw in value(one, "draws", 4)] == [
        list(rng.permutation(5)) for _ in range(2)
    ]


def test_models_cross_to_what_is_lent(lent):
    """Can a right answer be given a Keras model?"""
    layers = [{"kind": "Dense", "units": 2, "activation": "linear", "use_bias": True}]
    model = ModelData((3,), layers, [np.full((3, 2), 5, np.float32), np.zeros(2, np.float32)])
    one = lent("def f(model): return first_weight(model)", "first_weight", call=9.0)
    assert one.call([Call("f", [model])], deadline=20.0)[0].value == 5.0


def test_nothing_is_to_be_had_but_what_is_lent(learner):
    """Is a right answer that is not lent, or not yet, refused to whoever asks for it by hand?"""
    one = learner(
        "import socket\n"
        "from jail.channel import Channel\n"
        "def ask(name):\n"
        "    own = Channel(socket.socket(fileno=4))\n"
        "    own.send(0, ['call', name, ['tuple', [['tuple', [['plain', 2]]], ['dict', []]]]])\n"
        "    answer = own.receive()[1][1][:2]\n"
        "    own.socket.detach()\n"
        "    return answer"
    )
    one.borrow(["scale"], RIGHT)
    assert value(one, "ask", "scale")[1] == ["plain", 20]
    for name in ("apart", "refuses", "get_ipython", "exit", "np", "__builtins__"):
        assert value(one, "ask", name)[0] == "error"
    one.borrow(["refuses"], RIGHT)
    assert value(one, "ask", "refuses")[:2] == ["error", "ValueError"]
    assert value(one, "ask", "scale")[1] == ["plain", 20]


def test_what_is_lent_takes_nobody_beyond_the_deadline(lent):
    """Is a call that keeps the right answer busy late, and the next one answered?"""
    one = lent("def f(): return slow()\ndef g(): return scale(1)", "slow", "scale", wall=3.0)
    started = time.monotonic()
    assert one.call([Call("f", [])])[0].error is not None
    assert time.monotonic() - started < 8  # three times 0.3 s and the grace, a busy machine
    assert value(one, "g") == 10


LOOK = """
import gc, types
def look():
    scale(1)
    wanted = " ".join(["def", "apart"])
    things = gc.get_objects()
    found = [o.__name__ for o in things if type(o) is types.FunctionType and o.__name__ == "apart"]
    for each in things:
        if type(each) in (dict, list, tuple):
            items = each.values() if type(each) is dict else each
            found += [i for i in list(items) if type(i) is str and wanted in i]
    return found
"""


def test_the_source_of_what_is_lent_is_nowhere_to_be_read(lent):
    """Does a learner's process that looks through everything find no right answer in it?"""
    one = lent(LOOK, "scale")
    assert one.call([Call("look", [])], deadline=9.0)[0].value == []


def test_arguments_of_every_kind(learner):
    """Do generators, functions, models and earlier results arrive as the real things?"""
    one = learner(
        "def draw(rng): return rng.integers(0, 1000, 3)\n"
        "def apply(f, x): return f(x) + f(x + 1)\n"
        "def rows(model, X): return model.predict(X, verbose=0)\n"
        "def twice(x): return 2 * x\n"
        "def spoil(x): x[0] = 9.0"
    )
    drawn = value(one, "draw", Rng(3))
    assert drawn.tolist() == np.random.default_rng(3).integers(0, 1000, 3).tolist()
    [outcome] = one.call([Call("apply", [Source("lambda x: x ** 2"), 2.0])])
    assert (outcome.value, outcome.args_after[0]) == (13.0, {"calls": 2, "at": [2.0, 3.0]})
    layers = [{"kind": "Dense", "units": 2, "activation": "linear", "use_bias": True}]
    model = ModelData((3,), layers, [np.ones((3, 2), np.float32), np.zeros(2, np.float32)])
    [outcome] = one.call([Call("rows", [model, np.ones((4, 3), np.float32)])], deadline=20.0)
    assert np.array_equal(outcome.value, np.full((4, 2), 3.0))
    first, second = one.call([Call("twice", [4.0]), Call("twice", [Result(0)])])
    assert (first.value, second.value) == (8.0, 16.0)
    [outcome] = one.call([Call("spoil", [np.zeros(2)])])
    assert outcome.args_after[0].tolist() == [9.0, 0.0]


def test_tensorflow_trains(learner):
    """Does TensorFlow, imported before the fork, build and fit a model after it?"""
    one = learner(
        "import keras, numpy as np\n"
        "def f(n):\n"
        "    model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(2)])\n"
        "    model.compile('adam', 'mse')\n"
        "    model.fit(np.ones((40, n)), np.ones((40, 2)), epochs=2, verbose=0)\n"
        "    return model"
    )
    [outcome] = one.call([Call("f", [3])], deadline=30.0)
    assert outcome.error is None
    assert [w.shape for w in outcome.value.weights] == [(3, 2), (2,)]


def test_threads_are_limited_at_a_time_not_in_all(learner):
    """Are a thousand threads, one after the other, fine, and all at a time refused?"""
    one = learner(
        "import threading, time\n"
        "def many(n):\n"
        "    for _ in range(n):\n"
        "        thread = threading.Thread(target=int); thread.start(); thread.join()\n"
        "    return n\n"
        "def bomb(n):\n"
        "    threading.stack_size(1 << 16)\n"
        "    sleepers = [threading.Thread(target=time.sleep, args=(60,)) for _ in range(n)]\n"
        "    for thread in sleepers: thread.start()"
    )
    assert one.call([Call("many", [1000])], 10.0)[0].value == 1000
    assert one.call([Call("bomb", [2000])], 10.0)[0].error.type == "RuntimeError"


def test_equal_learners_draw_equal_numbers(learner):
    """Is marking a pure function: do unseeded draws repeat from process to process?"""
    source = "import numpy as np, random\ndef f(): return [np.random.rand(), random.random()]"
    assert value(learner(source), "f") == value(learner(source), "f")


def test_processes_are_dead_after_close(template, learner):
    """Is a learner's process dead when `close` returns, busy threads or not?"""
    before = {p.pid for p in psutil.Process().children(recursive=True)}
    one = learner(
        "import threading\ndef work():\n    while True: pass\n"
        "for _ in range(4): threading.Thread(target=work, daemon=True).start()"
    )
    one.run_cells()
    assert {p.pid for p in psutil.Process().children(recursive=True)} > before
    one.close()
    assert {p.pid for p in psutil.Process().children(recursive=True)} == before


def test_two_learners_at_a_time_do_not_see_each_other(learner):
    """Are two learners of one template apart: process numbers, files, names?"""
    source = (
        "import os, glob\nx = {}\nopen('mine', 'w').write('{}')\n"
        "def f(): return [x, open('mine').read(), os.getpid(), len(glob.glob('/proc/[0-9]*'))]"
    )
    one, two = learner(source.format(1, 1)), learner(source.format(2, 2))
    one.run_cells()
    two.run_cells()
    assert value(one, "f") == [1, "1", 1, 0]
    assert value(two, "f") == [2, "2", 1, 0]


def test_limits_have_help_texts():
    """Is every limit a documented trait?"""
    traits = Limits.class_own_traits(config=True)
    assert len(traits) >= 12
    assert all(trait.help for trait in traits.values())


@pytest.mark.slow
def test_template_that_died_is_started_again():
    """Is a dead template told as such, and replaced for the next learner?"""
    with contextlib.closing(Template(Limits(**QUICK))) as template:  # the light one alone starts
        with template.learner([("a", "x = 1")], {"tensorflow"}) as one:
            one.run_cells()
            server = template._servers[True]
            server.world.process.kill()
            server.world.process.wait()
            assert server.control.recv(1) == b""  # what it started dies a moment later
            one._channel.socket.close()
            one._channel = None
            with pytest.raises(JailError):
                one.call([Call("f", [])])
        with template.learner([("a", "x = 1")], {"tensorflow"}) as one:
            assert one.run_cells()[0].error is None


@pytest.mark.slow
def test_plain_fork_where_there_is_no_jail(monkeypatch):
    """Does marking without a jail refuse to start by itself, and work when told to?"""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(JailError, match="bubblewrap"):
        Template(Limits(**QUICK)).start()
    template = Template(Limits(**QUICK), jailed=False)
    source = "def f(x): return x + 1\nopen('a', 'w').close()\nwhile True: pass"
    try:
        with template.learner([("a", source)], {"tensorflow"}) as one:
            assert one.run_cells()[0].error.type == "Timeout"
            assert value(one, "f", 1) == 2
    finally:
        template.close()


def test_who_has_sent_too_much_is_not_started_again(template):
    """Is a submission that used up what it may send told so, rather than that the jail fails?"""
    budget = Budget(template.limits)
    budget.tally.received = 1 << 31
    with template.learner([("a", "def f(): return 1")], budget=budget) as one:
        assert one.call([Call("f", [])])[0].error.type == "Protocol"


def test_who_babbles_on_the_pipe_of_lent_answers_falls_alone(template):
    """Does every call have an outcome where a learner's code ends the process that lends?"""
    source = (
        "import gc\n"
        "def f(x):\n"
        "    for each in gc.get_objects():\n"
        "        if type(each).__name__ == 'Loans':\n"
        "            each.channel.send(0, ['done', ['value', ['plain', 1.0], []]])\n"
        "            each.channel.send(0, ['call', 'g', ['list', []]])\n"
        "    return x"
    )
    with template.learner([("a", source)]) as learner:
        for name in ("g", "h", "k"):
            learner.borrow([name], "def g(): return 7\ndef h(): return 8\ndef k(): return 9")
            assert len(learner.call_many([[Call("f", [1.0])]] * 3)) == 3


def test_a_name_of_what_was_refused_is_a_name():
    """Is a text that a learner's process sends for a function's name no text of its choice?"""
    sent = [[None, None, [], [], ["scipy.special.softmax", "\x1b[2J<script>\nscores: 100"]]]
    [outcome] = outcomes_from_body(sent, 1)
    assert outcome.forbidden == ["scipy.special.softmax", "something"]


def test_a_clock_is_that_of_who_was_ready_early():
    """Is a process timed that has said it is ready before anybody asked, and not the marker?"""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Clock.expect(ours)
        early = [sys.executable, "-c", f"import os; os.write({theirs.fileno()}, b'ready')"]
        subprocess.run(early, pass_fds=[theirs.fileno()], check=True)
        assert Clock(ours).seconds() == math.inf  # it is gone


def test_packages_are_those_of_the_marker(learner):
    """Are a learner's packages those of this environment, though another stands beneath it?"""
    source = "import sys\nprint(*(p for p in sys.path if p.endswith('-packages')), sep='\\n')"
    [cell] = learner(source).run_cells()
    assert cell.stdout.splitlines() == bwrap.packages()
