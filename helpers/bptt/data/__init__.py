"""Training data: the adding problem, film reviews, and text as arrays of numbers.

Only :mod:`bptt.data.fetch`, which ``bptt data reviews`` calls, uses the network.
"""

from bptt.data.adding import adding_problem
from bptt.data.imdb import imdb
from bptt.data.reviews import Reviews, Split, reviews
from bptt.data.text import batches, pad, tokenise, vocabulary

__all__ = ["Reviews", "Split", "adding_problem", "batches", "imdb", "pad", "reviews", "tokenise", "vocabulary"]
