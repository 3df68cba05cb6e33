"""Names of dinosaurs, and names as numbers and back."""

import numpy as np
import pytest

from bptt import data
from bptt.letter_model import letter_forward, one_hot, trained_letters


def test_there_are_enough_different_names_of_plain_letters():
    names = data.dinosaurs()
    every = names.train + names.test
    assert len(every) == len(set(every)) == 1127
    assert len(names.test) == 100
    assert all(name.isascii() and name.isalpha() and name.islower() for name in every)


def test_equal_seeds_put_the_same_names_aside():
    assert data.dinosaurs(seed=3) == data.dinosaurs(seed=3)
    assert set(data.dinosaurs(seed=3).test) != set(data.dinosaurs(seed=4).test)


def test_letters_and_back():
    names = data.dinosaurs().test
    letters, lengths = data.as_letters(names)
    assert tuple(map(data.as_name, letters)) == names
    assert np.array_equal((letters > 0).sum(axis=1), lengths)
    assert letters.max() == data.N_LETTERS - 1


@pytest.mark.parametrize("name", ["", "T", "é", "t rex", "a1", "\u017f"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match="letters a to z"):
        data.as_letters(["mei", name])


def test_no_names_make_an_empty_array():
    letters, lengths = data.as_letters([])
    assert letters.shape == (0, 0)
    assert lengths.shape == (0,)


def test_the_trained_model_knows_more_than_pairs_of_letters():
    """On names that it has not learned from; counting pairs of letters leaves one unsure between 8.5 letters."""
    letters, lengths = data.as_letters(data.dinosaurs().test)
    mark = np.zeros((len(letters), 1), dtype=int)
    real = np.arange(letters.shape[1] + 1) <= lengths[:, None]
    y_pred, _, _ = letter_forward(trained_letters()._asdict(), np.hstack([mark, letters]))
    p = (y_pred * one_hot(np.hstack([letters, mark]), data.N_LETTERS)).sum(axis=0)
    assert np.exp(-np.log(p[real]).mean()) < 6
