"""Training data: the adding problem, film reviews, names of dinosaurs, and text as arrays of numbers.

Only :mod:`bptt.data.fetch` uses the network, for ``bptt data reviews`` and ``reviews(fetch=True)``.
"""

from bptt.data.adding import adding_problem
from bptt.data.imdb import imdb
from bptt.data.names import N_LETTERS, Names, as_letters, as_name, dinosaurs
from bptt.data.reviews import Reviews, Split, reviews
from bptt.data.text import batches, pad, tokenise, vocabulary

__all__ = [
    "N_LETTERS",
    "Names",
    "Reviews",
    "Split",
    "adding_problem",
    "as_letters",
    "as_name",
    "batches",
    "dinosaurs",
    "imdb",
    "pad",
    "reviews",
    "tokenise",
    "vocabulary",
]
