"""Measurements: `python -m tests.bench`."""

import argparse
from pathlib import Path


def parser(file, text):
    """Return what reads the command line of a bench; its docstring, the `text`, is the help."""
    name = ".".join(["tests.bench", Path(file).stem]).removesuffix(".__main__")
    return argparse.ArgumentParser(
        prog=f"python -m {name}",
        description=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
