"""How an answer is called, judged and recognised: the same code in the notebook and in marking.

Learners import nothing from here; what they call stands in `utils` itself.
"""
