"""Reader of the large IMDB set of film reviews."""

from pathlib import Path

import numpy as np

from bptt.data.reviews import Reviews, Split
from bptt.progress import track


def imdb(folder: Path | str, at_most: int | None = None) -> Reviews:
    """Read film reviews from the folder that the large IMDB set is unpacked to.

    Parameters
    ----------
    folder : Path or str
        It has ``train/pos``, ``train/neg``, ``test/pos`` and ``test/neg``, with one review in each text file.
    at_most : int, optional
        Number of reviews to read from each of the four folders, in the order of their names; all when not given.

    Returns
    -------
    Reviews
        Split as the folders are.

    Raises
    ------
    FileNotFoundError
        When one of the four folders is missing or empty.

    References
    ----------
    A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng and C. Potts, "Learning word vectors for sentiment analysis",
    ACL 2011.
    """
    folder = Path(folder).expanduser()
    train, test = (_read_split(folder / name, at_most) for name in ("train", "test"))
    return Reviews(train, test, f"{len(train.texts) + len(test.texts)} reviews from {folder}")


def _read_split(folder: Path, at_most: int | None) -> Split:
    by_verdict = {name: sorted((folder / name).glob("*.txt"))[:at_most] for name in ("pos", "neg")}
    missing = [folder / name for name, paths in by_verdict.items() if not paths]
    if missing:
        raise FileNotFoundError(
            f"There are no reviews (*.txt) in {missing[0]}. Name the folder that has train and test in it, such as "
            "aclImdb."
        )
    paths = [*by_verdict["pos"], *by_verdict["neg"]]
    texts = [path.read_text(encoding="utf-8").replace("<br />", " ") for path in track(paths, f"Reading {folder}")]
    return Split(texts, np.arange(len(paths)) < len(by_verdict["pos"]))
