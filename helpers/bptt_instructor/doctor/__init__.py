"""Environment diagnostics: what grading needs on this machine.

A check imports other packages itself, so that a package that is missing fails this check alone.
"""
