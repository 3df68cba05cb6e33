"""Authoring: lesson script → nbgrader source notebook → released notebook → students' bundle.

Nothing is read back from a notebook into a lesson script, and nothing is imported from ``grading/``.
"""
