"""The class report: one page for the instructor, made from the gradebook and from nothing else.

``read`` gathers data, ``counts`` counts, ``figures`` draws, ``page`` puts all of it into HTML.
"""
