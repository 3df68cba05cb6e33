"""One lesson, one source: ``solutions/NN_name.py`` to nbgrader's source notebook to what students get.

The way is one way only. Nothing is ever read back from a notebook into a lesson.
"""
