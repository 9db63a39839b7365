"""What authors work with: the declaration of exercises, baking, and building releases.

Knows nothing of learners.
"""
