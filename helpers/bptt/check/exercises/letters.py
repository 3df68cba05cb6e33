"""Exercises of lesson 05: targets, sampling and the gradients of a character model."""

from itertools import combinations
from typing import Any

import numpy as np

from bptt import exact, inputs
from bptt.check.exercise import Arguments, CostBound, Exercise
from bptt.check.mistakes import letter_gradients, next_letter, rnn_output, sampling
from bptt.letter_model import LetterModel, letter_forward
from bptt.types import Array, Gradients, Parameters, Rng

_MAX_DRAWS = 5000
"""Hundreds of times as many as it takes on average."""
_MORE_LETTERS = 8
"""Longest name that is sampled, in addition to the case's steps: most mistakes show only after some letters."""


def _n_letters(sizes: inputs.Sizes) -> int:
    """Return how many letters there are: the mark, and another one at least."""
    return max(2, sizes.n_x)


def _draw_names(rng: Rng, sizes: inputs.Sizes) -> tuple[Array, Array]:
    """Draw names of different lengths, of the letters 1 to n_x - 1: the first long, the second short."""
    lengths = rng.integers(1, sizes.T_x, size=sizes.m, endpoint=True)
    if sizes.T_x > 1:
        lengths[0] = rng.integers(min(2, sizes.T_x - 1), sizes.T_x) if sizes.m == 1 else sizes.T_x
        lengths[1:2] = rng.integers(1, sizes.T_x)
    letters = rng.integers(1, _n_letters(sizes), size=(sizes.m, sizes.T_x))
    return letters * (np.arange(sizes.T_x) < lengths[:, None]), lengths


NEXT_LETTER_TARGETS = Exercise(
    name="next_letter_targets",
    arguments=("letters", "lengths"),
    shapes=dict.fromkeys(("inputs", "targets", "weight"), "m, T_x + 1"),
    draw=lambda seed, sizes: _draw_names(np.random.default_rng(seed), sizes),
    # The lesson shows all three for two names, so this gives nothing away.
    exact=next_letter.next_letter_targets,
    mistakes=next_letter.TARGETS,
    hints=(
        "Write down one name of three letters: what is read at each of its four steps, and what should follow?",
        (
            "inputs is a column of zeros, then the letters. targets is the letters, then a column of zeros. "
            "np.concatenate with axis=1 puts columns side by side."
        ),
        (
            "A name of 3 letters has 4 real steps, 0 to 3: the comparison np.arange(...) <= lengths[:, None] is True "
            "at the real ones."
        ),
        "Divided by how many of its entries are True, that comparison is the weight.",
    ),
)


def _draw_sampling(seed: int, sizes: inputs.Sizes) -> tuple[LetterModel, float, int, int]:
    """Draw a model whose name shows each known mistake, and no two of them in the same way.

    In the first two cases the name ends before the longest; in the third case it does not.
    """
    rng, longest = np.random.default_rng(seed), sizes.T_x + _MORE_LETTERS
    for _ in range(_MAX_DRAWS):
        model, temperature = _draw_model(rng, sizes), float(rng.choice([0.4, 0.6, 1.7, 2.5]))
        arguments = model, temperature, int(rng.integers(1_000_000)), longest
        name = sampling.sample(*arguments)
        length = int((name > 0).sum())
        if length < len("abc") or (length == longest) != (sizes.T_x == 1):
            continue
        others = {way: sample(*arguments) for way, sample in sampling.WAYS.items()}
        if sizes.T_x == 1:
            del others["goes-on-after-the-end"]
        if all((one != other).any() for one, other in combinations([name, *others.values()], 2)):
            break
    return arguments


def _draw_model(rng: Rng, sizes: inputs.Sizes) -> LetterModel:
    n_letters = sizes.n_x + 2
    parameters = inputs.rnn_parameters(rng, n_letters, sizes.n_a, n_letters)
    parameters["Wya"] *= 3
    # The mark comes now and then, or hardly ever.
    parameters["by"][0] -= 5 if sizes.T_x == 1 else 1
    return LetterModel(**parameters)


SAMPLE_NAME = Exercise(
    name="sample_name",
    arguments=("model", "temperature", "seed", "longest"),
    shapes={"letters": "longest"},
    draw=_draw_sampling,
    exact=sampling.sample_name,
    mistakes=sampling.SAMPLED,
    hints=(
        "Two things go from step to step: the letter that was drawn, and the state. Where do both start?",
        "In the loop: ask the model, turn its scores into probabilities, draw a letter, and end at the mark.",
        (
            "The scores are a column, (n_x, 1). softmax(z / temperature)[:, 0] makes of them the list of probabilities "
            "that rng.choice(len(p), p=p) wants."
        ),
    ),
)


def _draw_letters(seed: int, sizes: inputs.Sizes) -> tuple[Parameters, Array, Array, Array]:
    rng = np.random.default_rng(seed)
    parameters = inputs.rnn_parameters(rng, _n_letters(sizes), sizes.n_a, _n_letters(sizes))
    inputs_, targets, weight = next_letter.next_letter_targets(*_draw_names(rng, sizes)).values()
    return parameters, inputs_, targets, weight


def _forward(arguments: Arguments) -> Any:  # noqa: ANN401 - only its time counts
    return letter_forward(arguments["parameters"], arguments["inputs"])


def _output_backward(y_pred: Array, y: Array, a: Array, Wya: Array) -> Gradients:
    """Go back as a learner's function does, whatever is passed as y_pred and y; the exact one takes predictions."""
    return rnn_output.dense(y_pred - y, a, Wya)


LETTER_GRADIENTS = Exercise(
    name="letter_gradients",
    arguments=("parameters", "inputs", "targets", "weight"),
    shapes=letter_gradients.SHAPES,
    draw=_draw_letters,
    exact=exact.letter_gradients,
    mistakes=letter_gradients.PUT_TOGETHER,
    stand_ins={
        "output_backward": exact.allow_exact(_output_backward),
        "rnn_backward": exact.allow_exact(exact.rnn_backward),
    },
    hints=(
        "The way back meets the parts in reverse order: first softmax and the dense layer, then the cells.",
        (
            "output_backward takes y_pred and y, and starts from y_pred - y. With weight * y_pred and weight * y, each "
            "step's difference counts as much as its loss."
        ),
        "Its da_loss is the da that rnn_backward wants. Each of the two dicts has some of the five gradients.",
    ),
    cost=CostBound(
        inputs.Sizes(40, 40, 2, 1, 10),
        inputs.Sizes(3, 10, 2, 29, 10),
        1000,
        _forward,
        inputs.Sizes(208, 208, 2, 1, 2),
        25000,
    ),
)
