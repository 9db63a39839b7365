"""What marking costs without a jail: `python -m tests.bench.floor LAB FOLDER`.

Fork a process that has imported TensorFlow, run the cells with `exec`, run the checks, send back
the scores. No jail, no gradebook, no files.
"""

import contextlib
import gc
import io
import json
import os
import time
from pathlib import Path

from autograder.authoring import declaration
from autograder.marking import intake, marker
from autograder.marking.scoring import score
from tests.bench import parser
from tests.cohort.books import SECRET
from utils.engine.calling import run_calls


def marks(submission, lab, student):
    """Return the points of each exercise, marked in this process."""
    namespace = {}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in marker.needed(submission):
            with contextlib.suppress(Exception):
                exec(cell.source, namespace)

    def points(ex):
        def run(cases):
            return [run_calls(namespace, case.calls) for case in cases]

        rng = declaration.generator(SECRET, student, lab.name, ex.name, work)
        return score(ex, run, rng).points

    work = marker.work(submission)
    out = {ex.name: points(ex) for ex in lab.exercises}
    failed = []
    for ex in lab.exercises:
        if out[ex.name] < ex.points and failed:
            for other in failed:
                exec(other.program(), namespace)
            out[ex.name] = max(out[ex.name], points(ex))
        if out[ex.name] < ex.points:
            failed.append(ex)
    return out


def main(arguments=None):
    """Mark all submissions; print start time, seconds a submission, and the scores."""
    command = parser(__file__, __doc__)
    command.add_argument("lab", metavar="LAB")
    command.add_argument("folder", metavar="FOLDER", help="a course folder")
    asked = command.parse_args(arguments)
    name, folder = asked.lab, asked.folder
    started = time.perf_counter()
    import keras  # noqa: F401
    import tensorflow

    import utils.engine.models  # noqa: F401
    from utils.figures import softmax  # noqa: F401

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    lab, released = declaration.load(name), intake.skeleton(name)
    for ex in lab.exercises:
        assert ex.known is not None  # worked out once, as in a marker that has been running
    gc.collect()
    gc.freeze()
    start = time.perf_counter() - started
    scores, started = {}, time.perf_counter()
    for path in sorted(Path(folder).glob(f"submitted/*/{name}/{name}.ipynb")):
        student = path.parts[-3]
        reader, writer = os.pipe()
        if (pid := os.fork()) == 0:
            submission = intake.rebuild(released, intake.read(path.read_bytes()))
            with os.fdopen(writer, "w") as file:
                json.dump(marks(submission, lab, student), file)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as file:
            scores[student] = json.load(file)
        os.waitpid(pid, 0)
    seconds = (time.perf_counter() - started) / max(len(scores), 1)
    print(json.dumps({"start": start, "each": seconds, "scores": scores}))


if __name__ == "__main__":
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS="1", TF_ENABLE_ONEDNN_OPTS="0")
    main()
