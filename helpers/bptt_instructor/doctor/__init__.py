"""Environment diagnostics: what grading needs on this machine.

Nothing here needs more than Python, click and rich to say so.
"""
