"""Words and their numbers."""

import numpy as np
import pytest

from bptt.data import batches, pad, tokenise, vocabulary


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It isn't bad!", ["it", "isn't", "bad", "!"]),
        ("It isn’t 100 minutes, it's 90...", ["it", "isn't", "100", "minutes", ",", "it's", "90", ".", ".", "."]),
        ("A cliché? 'Quoted' & done", ["a", "cliché", "?", "quoted", "done"]),
        ("", []),
    ],
)
def test_words_and_punctuation_in_small_letters(text, words):
    assert tokenise(text) == words


def test_frequent_words_come_first_and_rare_ones_stay_unknown():
    assert vocabulary(["b a b", "c b a"]) == {"b": 2, "a": 3}
    assert vocabulary(["b a b", "c b a"], at_least=1) == {"b": 2, "a": 3, "c": 4}


def test_shorter_texts_are_filled_up_on_the_right():
    words, lengths = pad(["a b", "", "b what a"], {"a": 2, "b": 3})
    assert words.tolist() == [[2, 3, 0], [1, 0, 0], [3, 1, 2]]
    assert lengths.tolist() == [2, 1, 3]


def test_no_texts_at_all():
    words, lengths = pad([], {})
    assert words.shape == (0, 0)
    assert lengths.shape == (0,)


def test_a_round_of_batches_has_every_example_once_and_little_padding():
    rng = np.random.default_rng(1)
    lengths = rng.integers(1, 50, size=1003)
    found = list(batches(rng, lengths, 32))
    assert sorted(np.concatenate(found)) == list(range(1003))
    assert sorted({len(batch) for batch in found}) == [1003 % 32, 32]
    assert max(np.ptp(lengths[batch]) for batch in found) <= 3
    means = [lengths[batch].mean() for batch in found]
    assert means != sorted(means)


def test_two_rounds_differ():
    rng, lengths = np.random.default_rng(1), np.full(64, 5)
    first, second = (np.concatenate(list(batches(rng, lengths, 8))) for _ in range(2))
    assert not np.array_equal(first, second)
