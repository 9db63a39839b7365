"""A class and its course folder: what is handed in, what is to do, who marks, what is kept.

One writer keeps the gradebook; nothing is marked twice; `preprocessor` is nbgrader's way in. What
one submission needs belongs in `marking`.
"""
