"""Training data: the adding problem, film reviews, and text as arrays of numbers.

Only :mod:`bptt.data.fetch` uses the network, for ``bptt data reviews`` and ``reviews(fetch=True)``.
"""

from bptt.data.adding import adding_problem
from bptt.data.imdb import imdb
from bptt.data.reviews import Reviews, Split, reviews
from bptt.data.text import batches, pad, tokenise, vocabulary

__all__ = ["Reviews", "Split", "adding_problem", "batches", "imdb", "pad", "reviews", "tokenise", "vocabulary"]
