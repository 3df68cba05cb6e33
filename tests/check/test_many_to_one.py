"""From one verdict back to states and words: right ways pass, each mistake is named."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from bptt import check
from bptt.check.diagnose import all_mistakes
from bptt.inputs import Sizes

SEEDS = [1, 2, 3, 7402]
UPSTREAM, EMBEDDING = check.EXERCISES["many_to_one_upstream"], check.EXERCISES["embedding_backward"]
SIZES = Sizes(n_x=3, n_a=4, n_y=2, m=5, T_x=6)


def at(steps):
    """Write a loop that puts each example's gradient at the step that ``steps(lengths, j, T_x)`` says."""

    def many_to_one_upstream(da_last, lengths, T_x):
        n_a, m = da_last.shape
        da = np.zeros((n_a, m, T_x))
        for j in range(m):
            place = steps(lengths, j, T_x)
            da[:, j, place] = da_last[:, [j]] if isinstance(place, slice) else da_last[:, j]
        return da

    return many_to_one_upstream


def real(lengths, j, _):
    return slice(lengths[j])


def from_last_on(lengths, j, _):
    return slice(lengths[j] - 1, None)


def padding(lengths, j, _):
    return slice(lengths[j], None)


def in_one_line(da_last, lengths, T_x):
    da = np.zeros((*da_last.shape, T_x))
    da[:, np.arange(len(lengths)), lengths - 1] = da_last
    return da


def by_a_mask(da_last, lengths, T_x):
    return da_last[:, :, None] * (np.arange(T_x) == lengths[:, None] - 1)


def ends_of_all(da_last, lengths, T_x):
    da = np.zeros((*da_last.shape, T_x))
    da[:, :, lengths - 1] = da_last[:, :, None]
    return da


right = at(lambda lengths, j, _: lengths[j] - 1)

UPSTREAM_WRONG = [
    ("last-padded-step", at(lambda lengths, j, T_x: -1)),
    ("first-step", at(lambda lengths, j, T_x: 0)),
    ("one-step-too-late", at(lambda lengths, j, T_x: lengths[j] % T_x)),
    ("one-step-too-early", at(lambda lengths, j, T_x: (lengths[j] - 2) % T_x)),
    ("one-step-too-early", at(lambda lengths, j, T_x: max(lengths[j] - 2, 0))),
    ("one-step-too-early", at(lambda lengths, j, T_x: slice(max(lengths[j] - 2, 0), max(lengths[j] - 1, 0)))),
    ("every-real-step", at(real)),
    ("shared-among-real-steps", lambda *given: at(real)(*given) / given[1][:, None]),
    ("from-last-real-step-on", at(from_last_on)),
    ("padding-only", at(padding)),
    ("counted-from-the-end", at(lambda lengths, j, T_x: -lengths[j])),
    ("every-step", lambda da_last, lengths, T_x: np.repeat(da_last[:, :, None], T_x, axis=2)),
    ("ends-of-all-examples", ends_of_all),
    ("one-length-for-all", at(lambda lengths, j, T_x: lengths.max() - 1)),
    ("one-length-for-all", at(lambda lengths, j, T_x: lengths[0] - 1)),
    ("time-before-examples", lambda *given: right(*given).transpose(0, 2, 1)),
    ("no-time-axis", lambda da_last, lengths, T_x: da_last.copy()),
    ("averaged-over-examples", lambda *given: right(*given) / len(given[1])),
    ("all-zero", lambda da_last, lengths, T_x: np.zeros((*da_last.shape, T_x))),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("function", [right, in_one_line, by_a_mask])
def test_right_ways_upstream_pass(function, seed):
    assert check.many_to_one_upstream(function, seed=seed).passed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("identifier", "function"), UPSTREAM_WRONG)
def test_each_mistake_upstream_is_named(identifier, function, seed):
    report = check.run(UPSTREAM, function, seed=seed)
    assert not report.passed
    (cause,) = report.causes
    assert identifier in {cause.id, *cause.alternatives}


def test_an_index_beyond_the_end_is_told():
    text = str(check.run(UPSTREAM, at(lambda lengths, j, T_x: lengths[j])))
    assert "IndexError" in text


def embedding_backward(dx, words, n_words):
    dE = np.zeros((len(dx), n_words))
    np.add.at(dE, (slice(None), words), dx)
    return dE


def two_loops(dx, words, n_words):
    dE = np.zeros((len(dx), n_words))
    for j in range(words.shape[0]):
        for t in range(words.shape[1]):
            dE[:, words[j, t]] += dx[:, j, t]
    return dE


def one_product(dx, words, n_words):
    return dx.reshape(len(dx), -1) @ np.eye(n_words)[words.ravel()]


def word_by_word(dx, words, n_words):
    return np.stack([dx[:, words == word].sum(axis=1) for word in range(n_words)], axis=1)


def assigned(dx, words, n_words):
    dE = np.zeros((len(dx), n_words))
    dE[:, words] = dx
    return dE


def added_and_lost(dx, words, n_words):
    dE = np.zeros((len(dx), n_words))
    dE[:, words] += dx
    return dE


def step_by_step(write):
    def backward(dx, words, n_words):
        dE = np.zeros((len(dx), n_words))
        for t in range(words.shape[1]):
            write(dE, words[:, t], dx[:, :, t])
        return dE

    return backward


def example_by_example(dx, words, n_words):
    dE = np.zeros((len(dx), n_words))
    for j in range(words.shape[0]):
        dE[:, words[j]] += dx[:, j]
    return dE


def add(dE, words, dx):
    dE[:, words] += dx


def put(dE, words, dx):
    dE[:, words] = dx


def mean_of_uses(dx, words, n_words):
    return embedding_backward(dx, words, n_words) / np.maximum(np.bincount(words.ravel(), minlength=n_words), 1)


def to_a_copy(dx, words, n_words):
    dE = np.zeros((len(dx), n_words))
    columns = dE[:, words]
    columns += dx
    return dE


EMBEDDING_WRONG = [
    ("uses-overwritten", assigned),
    ("uses-overwritten", added_and_lost),
    ("uses-overwritten", step_by_step(put)),
    ("uses-at-one-step-lost", step_by_step(add)),
    ("uses-in-one-example-lost", example_by_example),
    ("mean-over-uses", mean_of_uses),
    ("averaged-over-examples", lambda *given: embedding_backward(*given) / given[0].shape[1]),
    ("embedding-gradient-transposed", lambda *given: embedding_backward(*given).T),
    ("one-step-only", lambda dx, words, n: embedding_backward(dx[:, :, -1:], words[:, -1:], n)),
    ("last-step-left-out", lambda dx, words, n: embedding_backward(dx[:, :, :-1], words[:, :-1], n)),
    ("first-step-left-out", lambda dx, words, n: embedding_backward(dx[:, :, 1:], words[:, 1:], n)),
    ("averaged-over-steps", lambda *given: embedding_backward(*given) / given[0].shape[2]),
    ("averaged-over-steps", lambda *given: embedding_backward(*given) / given[1].size),
    ("sign-reversed", lambda *given: -embedding_backward(*given)),
    ("one-example-only", lambda dx, words, n: embedding_backward(dx[:, :1], words[:1], n)),
    ("uses-counted", lambda dx, words, n: embedding_backward(np.ones_like(dx), words, n)),
    ("all-zero", to_a_copy),
]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("function", [embedding_backward, two_loops, one_product, word_by_word])
def test_right_ways_to_collect_pass(function, seed):
    assert check.embedding_backward(function, seed=seed).passed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("identifier", "function"), EMBEDDING_WRONG)
def test_each_mistake_of_collecting_is_named_and_no_other(identifier, function, seed):
    report = check.run(EMBEDDING, function, seed=seed)
    assert not report.passed
    assert [(cause.id, cause.alternatives) for cause in report.causes] == [(identifier, ())]


@pytest.mark.parametrize(("exercise", "wrong"), [(UPSTREAM, UPSTREAM_WRONG), (EMBEDDING, EMBEDDING_WRONG)])
def test_the_whole_catalogue_is_tried(exercise, wrong):
    assert {mistake.id for mistake in all_mistakes(exercise)} == {identifier for identifier, _ in wrong}


def test_the_truth_agrees_with_another_library():
    da_last, lengths, T_x = UPSTREAM.draw(4, SIZES)
    picked = grad(lambda a: anp.sum(da_last * a[:, np.arange(len(lengths)), lengths - 1]))
    expected = picked(np.zeros((*da_last.shape, T_x)))
    np.testing.assert_array_equal(UPSTREAM.exact(da_last, lengths, T_x), expected)
    dx, words, n_words = EMBEDDING.draw(4, SIZES)
    looked_up = grad(lambda E: anp.sum(dx * E[:, words]))
    expected = looked_up(np.zeros((len(dx), n_words)))
    np.testing.assert_allclose(EMBEDDING.exact(dx, words, n_words), expected, rtol=1e-12, atol=1e-15)
