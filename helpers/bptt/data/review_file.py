"""Cache path and parser of the downloaded film reviews."""

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_MIN_CLEAR_RATING = 1.0
"""Smallest absolute mean rating, on the scale from -4 to 4, of a review with a clear verdict."""


def cache_path() -> Path:
    """Return the path of the downloaded reviews in the user's cache folder, whether they are there or not.

    Without platformdirs, as where a notebook brings its helpers, it is in the folder for temporary files.
    """
    try:
        from platformdirs import user_cache_path  # noqa: PLC0415 - may be missing
    except ImportError:
        folder = Path(tempfile.gettempdir()) / "bptt"
    else:
        folder = user_cache_path("bptt")
    return folder / "movie_review_snippets.txt"


def read_reviews(path: Path) -> tuple[list[str], NDArray[np.bool_]]:
    """Read the reviews with a clear verdict.

    Parameters
    ----------
    path : Path
        A file with a review in each line: number, mean rating and text, with tabs between them, in UTF-8.

    Returns
    -------
    texts : list of str
    positive : ndarray (m,) of bool
        Whether each one praises its film.

    Raises
    ------
    ValueError
        When a line is not of this form.

    References
    ----------
    C. J. Hutto and E. Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of social media text",
    ICWSM 2014. The file is in the source archive of their package vaderSentiment 0.5, under the MIT licence.
    """
    texts, ratings = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            _, rating, text = line.split("\t")
            ratings.append(float(rating))
        except ValueError:
            raise ValueError(
                f"{path}, line {number} is not a number, a rating and a text with tabs between them. Delete the file, "
                "and fetch it again with data.reviews(fetch=True)."
            ) from None
        texts.append(text.replace("&amp;", "&"))
    means = np.array(ratings)
    clear = np.flatnonzero(np.abs(means) >= _MIN_CLEAR_RATING)
    return [texts[place] for place in clear], means[clear] > 0
