"""Everything between the marker and a learner's code: processes, their limits, the pipe."""
