"""What the labs import and learners receive: checks, figures, data, reference implementations.

Importing this package is instant: TensorFlow, scikit-learn and pyplot are imported only by the
functions that need them.
"""
