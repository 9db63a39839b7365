"""What several exercises of 05_multilabel are asked with."""


def labels(rng, m, k):
    return rng.integers(0, 2, size=(m, k))
