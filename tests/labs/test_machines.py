"""Is the release what its sources give, on this processor and on others?"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from functools import cache

import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from autograder.authoring import release
from autograder.authoring.declaration import names
from autograder.course import keys

WORK = """
import hashlib, json
from autograder.authoring import release
from autograder.authoring.declaration import names
from autograder.course import keys

files = {str(path): hashlib.sha256(text.encode()).hexdigest()
         for built in release.build(release.labs()) for path, text in built.files()}
print(json.dumps([files, {lab: keys.lab_keys(lab) for lab in names()}]))
"""
VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "NPY_DISABLE_CPU_FEATURES")


def without(*features: str) -> str:
    """Name those of the features that NumPy has kernels for and this processor has."""
    return " ".join(f for f in features if f in __cpu_dispatch__ and __cpu_features__[f])


def machine(core: str, threads: int, missing: str, libm: str = "") -> dict[str, str]:
    """Return the environment that makes libraries take this processor for another one.

    The core type changes products of matrices, missing features NumPy's own loops (`tanh`, `exp`),
    and what the C library is refused its functions of single numbers.
    """
    return {
        "OPENBLAS_CORETYPE": core,
        "OPENBLAS_NUM_THREADS": str(threads),
        "NPY_DISABLE_CPU_FEATURES": missing,
        "GLIBC_TUNABLES": f"glibc.cpu.hwcaps={libm}",
    }


NEWEST = ("X86_V4", "AVX512_SKX", "AVX512_ICL", "AVX512_SPR")
MACHINES = {
    "old": machine("Sandybridge", 1, without("AVX2", "FMA3", "X86_V3", *NEWEST), "-AVX2,-FMA"),
    "usual": machine("Haswell", 2, without(*NEWEST)),
}


def made(**variables: str) -> list:
    """Return digests of all released files and the keys of all exercises, made elsewhere."""
    env = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    done = subprocess.run(
        [sys.executable, "-c", WORK], cwd=release.ROOT, env=env | variables | {"PYTHONPATH": "."},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@cache
def built(lab: str) -> release.Built:
    """Return a lab as this processor makes it."""
    return next(release.build([lab]))


@pytest.mark.parametrize("name", release.labs())
def test_the_release_is_what_its_source_gives(name):
    """Are the committed release and its baked checks up to date?"""
    assert built(name).stale() == []


@pytest.mark.slow
@pytest.mark.parametrize("name", MACHINES)
def test_another_machine_makes_the_same_release_and_the_same_keys(name):
    """Are notebooks, baked checks and keys of marks the same bytes under other kernels?"""
    files, exercises = made(**MACHINES[name])
    texts = {path: text for lab in release.labs() for path, text in built(lab).files()}
    assert files == {str(p): hashlib.sha256(text.encode()).hexdigest() for p, text in texts.items()}
    assert exercises == {lab: keys.lab_keys(lab) for lab in names()}


@pytest.mark.skipif(not without("AVX2", "X86_V3"), reason="another family of processors")
def test_the_machines_differ():
    """Do the settings reach the libraries: does NumPy compute something else with them?"""
    code = (
        "import numpy as np; x = np.random.default_rng(0).normal(size=(200, 200))\n"
        "print((x @ x.T).tobytes().hex() + np.tanh(x).tobytes().hex())"
    )
    results = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | variables, capture_output=True, text=True
        ).stdout
        for variables in MACHINES.values()
    }
    assert len(results) > 1
