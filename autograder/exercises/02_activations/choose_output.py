"""choose_output: name of the output activation for a "binary", "real" or "non-negative" target."""

from autograder.authoring.declaration import case, exercise

ex = exercise(__name__, points=12)
ex.hints = [
    "Which of the three functions gives only numbers between 0 and 1? Only numbers from 0 up? "
    "Any number?",
    "A dict from target to activation is one way to write it. What happens when the key is "
    "missing, and which error does the statement ask for?",
]

for kind, title in (
    ("binary", "a yes-or-no target"),
    ("real", "a target of any sign"),
    ("non-negative", "a target that is never negative"),
):
    ex.check(title, [case("output_activation", kind)])

ex.check(
    "another string is refused",
    [case("output_activation", t, raises=ValueError) for t in ("multiclass", "", "Real")],
    lambda rng: [
        case("output_activation", str(t), raises=ValueError)
        for t in ("relu", "nonnegative", "non-negative real", "bin", "none", " binary",
                  rng.choice(["count", "categorical", "text", "price", "Binary", "BINARY"]))
    ],
    weight=1.5,
)  # fmt: skip
ex.check(
    "a number or None is refused",
    [case("output_activation", t, raises=ValueError) for t in (None, 1, -0.5)],
    lambda rng: [
        case("output_activation", t, raises=ValueError)
        for t in (None, 0, 2, int(rng.integers(3, 99)), float(rng.normal()))
    ],
    weight=1.5,
)

REFUSE = 'raise ValueError(f"unknown target: {target!r}")'

# fmt: off
ex.mistake("real and non-negative swapped", "Which of ReLU and linear can be negative?",
    ('"linear"', '"relu"'), ('"relu"', '"linear"'))
ex.mistake("linear for non-negative", "A linear output can be negative. Which one cannot?",
    ('"relu"', '"linear"'))
ex.mistake("relu for real", "ReLU never gives a negative number, but a real target may be one.",
    ('"linear"', '"relu"'))
ex.mistake("sigmoid for non-negative", "The sigmoid stays below 1. A price does not.",
    ('"relu"', '"sigmoid"'))
ex.mistake("relu for binary", "A yes-or-no target needs a probability: between 0 and 1.",
    ('"sigmoid"', '"relu"'))
ex.mistake("linear for binary", "In this lab the output for a binary target is the probability itself.",
    ('"sigmoid"', '"linear"'))
ex.mistake("softmax for binary", "One probability is enough for yes or no.", ('"sigmoid"', '"softmax"'))
ex.mistake("tanh for real", "tanh stays between -1 and 1. A real target can be any number.",
    ('"linear"', '"tanh"'))
ex.mistake("softplus", "Softplus would work, but the statement asks for one of three names.",
    ('"relu"', '"softplus"'))
ex.mistake("None for real", 'Return the name of the activation: the text "linear".',
    ('"linear"', "None"))
ex.mistake("capital letters", "Names in Keras are written in small letters.",
    ('"sigmoid"', '"Sigmoid"'), ('"linear"', '"Linear"'), ('"relu"', '"ReLU"'))
ex.mistake("the function itself", "Return the name as a text, not the result of the function.",
    ('"sigmoid"', "sigmoid"), ('"linear"', "linear"), ('"relu"', "relu"))
ex.mistake("everything else is relu", "An unknown target is refused, not guessed: raise ValueError.",
    ('if target == "non-negative":\n        return "relu"\n'
     '    raise ValueError(f"unknown target: {target!r}")',
     'return "relu"'))
ex.mistake("everything else is linear", "An unknown target is refused, not guessed: raise ValueError.",
    ('    if target == "real":\n        return "linear"\n', ""), (REFUSE, 'return "linear"'))
ex.mistake("None for an unknown target", "Returning None hides the mistake: raise ValueError.",
    (REFUSE, "return None"))
ex.mistake("KeyError", "A missing key raises KeyError. The statement asks for a ValueError.",
    ("ValueError", "KeyError"))
ex.mistake("a message is returned", "A returned text is an answer. An error is raised.",
    (REFUSE, 'return "ValueError: unknown target"'))
ex.mistake("error returned", "Write `raise`, not `return`, in front of ValueError.",
    ("raise", "return"))
ex.mistake("TypeError for what is no string", "The statement asks for ValueError in every case.",
    ('if target == "binary"',
     'if not isinstance(target, str):\n        raise TypeError("a string, please")\n'
     '    if target == "binary"'))
ex.mistake("lower() of None", 'None has no lower(), and "Real" is another string than "real".',
    ('if target == "binary"', 'target = target.lower()\n    if target == "binary"'))
ex.mistake("capitals accepted", 'Only the three strings as written are known. "Real" is another one.',
    ('if target == "binary"', 'target = str(target).lower()\n    if target == "binary"'))
ex.mistake("part of a string", "`in` finds parts of a string too, even the empty one. Use ==.",
    ('target == "binary"', 'str(target) in "binary"'), ('target == "real"', 'str(target) in "real"'),
    ('target == "non-negative"', 'str(target) in "non-negative"'))
ex.mistake("first letters only", "Compare the whole string: other words begin the same way.",
    ('target == "binary"', 'str(target)[:1] == "b"'), ('target == "real"', 'str(target)[:1] == "r"'),
    ('target == "non-negative"', 'str(target)[:1] == "n"'),
    (REFUSE,
     'if str(target)[:1] == "m":\n        return "softmax"\n'
     '    raise ValueError(f"unknown target: {target!r}")'))
ex.mistake("numbers stand for targets", "Only the three strings are known: a number is refused.",
    ('target == "binary"', 'target in ("binary", 1)'))
ex.mistake("None means linear", "None is no target: raise ValueError.",
    ('target == "real"', 'target in ("real", None)'))
