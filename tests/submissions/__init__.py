"""A sample class for tests and for ``make demo``: what each student hands in, and what grading has to make of it.

It stands outside ``helpers/``, because students have that, and here are right answers.
"""
