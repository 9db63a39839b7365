"""The learner's function in a figure: called safely, with the reference where it fails."""

import contextlib
import copy
import inspect
import io
import warnings

import numpy as np
from matplotlib.container import Container

from utils.engine.stopping import Stopped, Timeout, within

PATIENCE = 5.0  # seconds of work for one call, as at a check
LONG = 20.0  # for many calls, or a model of Keras, whose first one takes seconds
TRAINING = 120.0  # for a whole training
FAILURES = (Exception, SystemExit, Timeout)  # all that a learner's code may raise
ABSENT = (0, (2, 1.6))  # dashes of what is the reference's, not the learner's


@contextlib.contextmanager
def quietly(patience=None):
    """Let a learner's code run in this block: it does not print or warn, and it comes to an end."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        with within(patience or PATIENCE):
            yield


def trouble(name, error):
    """What a note says of a function that raised one of `FAILURES`."""
    if isinstance(error, NotImplementedError):
        return f"finish {name} to see your own"
    if isinstance(error, Timeout):
        how = "was stopped" if isinstance(error, Stopped) else "did not finish"
        return f"{name} {how}"
    return f"{name} raised {type(error).__name__}"


class Tried:
    """A learner's function as `(what it returned, "")`, or `(None, what is wrong)`.

    After a call that did not end no other is made: a figure makes dozens of them for each draw.
    """

    def __init__(self, function, name, patience=None):
        self.function, self.name, self.patience = function, name, patience
        self._endless = ""

    def __call__(self, *arguments):
        if self._endless:
            return None, self._endless
        try:
            with quietly(self.patience):
                return self.function(*arguments), ""
        except FAILURES as error:
            problem = trouble(self.name, error)
            if isinstance(error, Timeout):
                self._endless = problem
            return None, problem


def tried(function, name, patience=None):
    """The same, or None where no function is given."""
    return None if function is None else Tried(function, name, patience)


class Own:
    """A function to call in its place; `problem` says why the reference answered, or is "".

    With `finite` false infinities and NaN are the learner's answer, too. After a call that did not
    end no other is made.
    """

    def __init__(self, tell, function, name, reference, patience=None, finite=True):
        self.function, self.name, self.reference = function, name, reference
        self.patience, self.finite = patience, finite
        self.problem, self.artists, self._tell = "", [], tell
        self._endless = ""  # what is said of the call that did not end

    def __call__(self, *arguments):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            right = self.reference(*arguments)
        if self.function is None:
            return right
        mine, problem = self._tried(right, arguments)
        self._tell(self, problem)
        return right if problem else mine

    def draws(self, *artists):
        """Say what this function draws: dashed while the reference stands in. Returns them."""
        for artist in artists:
            whole = isinstance(artist, Container | list | tuple)
            self.draws(*artist) if whole else self.artists.append(artist)
        return artists

    def _tried(self, right, arguments):
        """What the learner's function returned, and what is wrong with it."""
        if self._endless:
            return None, self._endless
        try:
            with quietly(self.patience):
                mine = self.function(*[_own_copy(argument) for argument in arguments])
            several = isinstance(right, tuple)
            parts = [np.asarray(part) for part in (mine if several else [mine])]
            shapes = [np.shape(part) for part in (right if several else [right])]
            if not all(self._numbers(part) for part in parts):
                problem = f"{self.name} did not return finite numbers"
            elif [part.shape for part in parts] != shapes:
                problem = f"{self.name} returned the wrong shape"
            else:
                return (tuple(parts) if several else parts[0]), ""
        except NotImplementedError as error:
            return None, trouble(self.name, error)
        except FAILURES as error:  # a figure shows, whatever a learner wrote
            problem = trouble(self.name, error) + self._given(arguments)
            if isinstance(error, Timeout):
                self._endless = problem
            return None, problem
        return None, problem + self._given(arguments)

    def _numbers(self, part):
        return part.dtype.kind in "biuf" and (not self.finite or bool(np.isfinite(part).all()))

    def _given(self, arguments):
        """The input, in words: ` for z = 1.5, T = array of shape (3, 4)`."""
        try:
            names = list(inspect.signature(self.function).parameters)
        except (TypeError, ValueError):
            names = []
        names += [f"argument {k + 1}" for k in range(len(names), len(arguments))]
        said = [f"{name} = {_short(value)}" for name, value in zip(names, arguments, strict=False)]
        return " for " + ", ".join(said) if said else ""


class Looks:
    """Dashes for what the reference drew, and the artists' own lines again once it is theirs."""

    def __init__(self):
        self._solid = {}

    def show(self, owns, lines):
        """Dash what the owns in trouble draw; of a figure that names nothing, all `lines`.

        Returns the artists that changed.
        """
        given = [own for own in owns if own.function is not None]
        named = {id(artist) for own in owns for artist in own.artists}
        wanted = {id(a): (a, bool(own.problem)) for own in given for a in own.artists}
        lost = bool(given) and all(own.problem for own in given)
        wanted |= {id(a): (a, lost) for a in lines if id(a) not in named}
        changed = []
        for key, (artist, absent) in wanted.items():
            if absent and key not in self._solid:
                self._solid[key] = artist.get_linestyle()
                artist.set_linestyle(ABSENT)
            elif not absent and key in self._solid:
                artist.set_linestyle(self._solid.pop(key))
            else:
                continue
            changed.append(artist)
        return changed


def _own_copy(argument):
    """A copy of data that a learner's function may write into; anything else as it is."""
    return copy.deepcopy(argument) if isinstance(argument, np.ndarray | list | dict) else argument


def _short(value):
    """A value for a sentence: small arrays in full, large ones by their shape."""
    array = np.asarray(value) if isinstance(value, np.ndarray | np.generic | float | int) else None
    if array is None:
        return type(value).__name__ if callable(value) else repr(value)[:40]
    if array.size > 6:
        return f"array of shape {array.shape}"
    return np.array2string(array, precision=4, separator=", ").replace("\n", "")
