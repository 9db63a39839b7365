"""Let Keras's layers note numbers, texts and the like without a search for variables in them.

Building a small model sets some four hundred attributes, and each is looked through twice, by Keras
and by TensorFlow, for something to be trained or saved: a third of the time that building takes.
"""

from __future__ import annotations

from typing import Any

from utils.engine.plain import SCALARS


def quicken() -> None:
    """Change how attributes of Keras's layers are set in this process."""
    from keras import Layer

    usual = Layer.__setattr__

    def __setattr__(self: Any, name: str, value: Any) -> None:
        kind = type(self)
        # A property, or a class of a learner's own, may do more with it.
        if type(value) in SCALARS and kind.__module__[:6] == "keras." and not hasattr(kind, name):
            object.__setattr__(self, name, value)
        else:
            usual(self, name, value)

    Layer.__setattr__ = __setattr__
