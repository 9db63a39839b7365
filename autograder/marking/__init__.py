"""One submission: taken in, run and judged, told about; and the two ways in that nbgrader has.

Knows nothing of other submissions or of the course folder.
"""
