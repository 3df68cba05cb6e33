"""The lesson's networks learn, in a small way: everything that trains works together, with the solutions in place."""

from pathlib import Path

import numpy as np
import pytest

from bptt import data, own, states
from bptt.data.synthetic import synthetic_reviews

SOLUTIONS = Path(__file__).parents[2] / "solutions"


@pytest.fixture(scope="module")
def lesson():
    """Take the lesson's functions, the backward passes among them, and let them find each other."""
    defined = own.load_definitions(sorted(SOLUTIONS.glob("0[1-4]_*.py")))
    defined["lstm_backward"] = defined["lstm_backward_fused"]
    return defined


@pytest.mark.parametrize("backward", ["lstm_backward", "lstm_backward_fused"])
def test_an_lstm_learns_to_add(lesson, backward):
    rng = np.random.default_rng(1)
    network = lesson["Training"](lesson["new_network"]("LSTM", 12), learning_rate=0.02, max_norm=1.0)
    losses = []
    for _ in range(200):
        batch = data.adding_problem(rng, 32, 6)
        loss, gradients = lesson["adding_gradients"](network.parameters, states.lstm_states, lesson[backward], *batch)
        network.step(gradients)
        losses.append(loss)
    assert np.mean(losses[:5]) > 0.1
    assert np.mean(losses[-20:]) < 0.02


def test_an_rnn_learns_to_add_over_few_steps(lesson):
    rng = np.random.default_rng(1)
    network = lesson["Training"](lesson["new_network"]("RNN", 12), learning_rate=0.01, max_norm=1.0)
    for _ in range(300):
        batch = data.adding_problem(rng, 32, 4)
        loss, gradients = lesson["adding_gradients"](
            network.parameters, states.rnn_states, lesson["rnn_backward"], *batch
        )
        network.step(gradients)
    assert loss < 0.05


def test_an_lstm_learns_to_read_made_up_reviews(lesson):
    texts, positive = synthetic_reviews(3000)
    numbers = data.vocabulary(texts)
    words, lengths = data.pad(texts, numbers)
    y = np.eye(2)[:, positive.astype(int)]
    reader = lesson["Training"](lesson["new_reader"](len(numbers) + 2, 16, 16), learning_rate=0.01, max_norm=5.0)
    rng, train = np.random.default_rng(1), np.arange(2700)
    for _ in range(3):
        for batch in data.batches(rng, lengths[train], 32):
            some = words[batch, : lengths[batch].max()], lengths[batch], y[:, batch]
            _, gradients = lesson["review_gradients"](reader.parameters, *some)
            reader.step(gradients)
    judged = lesson["probabilities"](words[2700:], lengths[2700:], reader.parameters).argmax(axis=0)
    assert (judged == positive[2700:]).mean() > 0.9


def test_an_interrupted_race_keeps_its_networks_and_how_far_they_came(lesson, monkeypatch):
    lesson["trained"].clear()
    kinds = {"RNN": (states.rnn_states, lesson["rnn_backward"]), "LSTM": (states.lstm_states, lesson["lstm_backward"])}
    lesson |= {"kinds": kinds, "at_one_sixth": (1 / 6, "always answering 1"), "quick": False}
    add_up = lesson["adding_gradients"]

    def interrupted(*arguments):
        if lesson["trained"]["LSTM"].t == 3:
            raise KeyboardInterrupt
        return add_up(*arguments)

    monkeypatch.setitem(lesson, "adding_gradients", interrupted)
    with pytest.raises(KeyboardInterrupt):
        lesson["race"](T_x=7, steps=20, n_a=3, m=2)
    trained = lesson["trained"]
    assert (trained["T_x"], trained["steps"], trained["LSTM"].t) == (7, 20, 3)
