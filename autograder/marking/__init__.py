"""One submission: taken in, run and judged, told about; and `incell`, which marks in a kernel.

Knows nothing of other submissions or of the course folder.
"""
