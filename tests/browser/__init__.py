"""What a learner and an instructor see: JupyterLab and its pages in Chromium, all on one worker.

A package, so that its fixtures end with its last test: while Playwright lives, its event loop runs
in the worker's thread, and whatever starts one of its own there would fail.
"""
