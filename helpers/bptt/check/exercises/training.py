"""Exercises of lesson 04: clipping, Adam, many-to-one models, word embedding and gradient descent on an input."""

from typing import Any

import numpy as np

from bptt import exact, graphs, inputs
from bptt.check.exercise import CostBound, Exercise
from bptt.check.mistakes import adam, clipping, dream_input, embedding, many_to_one
from bptt.types import Array, Gradients

N_WORDS = 8
"""Size of the vocabulary: larger than any other size of a case, and small enough for a report to show as a table."""


def _draw_gradients(seed: int, sizes: inputs.Sizes) -> tuple[Gradients, float]:
    """Draw gradients: above the limit in the first case, within it in the second case, zeros in the third case.

    In the first case the arrays have different norms, each above the limit, and some entries alone are above it, too.
    """
    rng = np.random.default_rng(seed)
    gradients = {name: rng.standard_normal(array.shape) for name, array in _rnn_weights(rng, sizes).items()}
    gradients["dba"] *= 0.9 / np.linalg.norm(gradients["dba"])
    norm = float(np.linalg.norm(_concatenated(gradients)))
    if sizes.T_x == 1:
        return {name: 0 * gradient for name, gradient in gradients.items()}, 5.0
    return gradients, 1.5 * norm if sizes.m == 1 else 0.7


def _rnn_weights(rng: np.random.Generator, sizes: inputs.Sizes) -> Gradients:
    parameters = inputs.rnn_parameters(rng, sizes.n_x, sizes.n_a, sizes.n_y)
    return {f"d{name}": parameters[name] for name in ("Wax", "Waa", "ba")}


def _concatenated(gradients: Gradients) -> Array:
    return np.concatenate([gradient.ravel() for gradient in gradients.values()])


def _clip_by_norm(gradients: Gradients, max_norm: float) -> Gradients:
    """Clip the gradients by the norm of all of them together, as one vector."""
    vector = _concatenated(gradients)
    norm = np.linalg.norm(vector)
    clipped = vector if norm <= max_norm else max_norm * (vector / norm)
    ends = np.cumsum([gradient.size for gradient in gradients.values()])[:-1]
    parts = zip(gradients.items(), np.split(clipped, ends), strict=True)
    return {name: part.reshape(gradient.shape) for (name, gradient), part in parts}


CLIP_GRADIENTS = Exercise(
    name="clip_gradients",
    arguments=("gradients", "max_norm"),
    shapes={"dWax": "n_a, n_x", "dWaa": "n_a, n_a", "dba": "n_a, 1"},
    draw=_draw_gradients,
    # The lesson says what clipping is, so this gives nothing away.
    exact=_clip_by_norm,
    mistakes=clipping.CLIPPED,
    hints=(
        "One number decides for all arrays: the length of the arrow that they form together.",
        "Add the squares of all entries of all arrays. What is left to do to get a length?",
        (
            "If the length is within the limit, nothing happens. If not, all arrays are multiplied by one and the same "
            "number below 1: which one makes the new length max_norm?"
        ),
        "The result is a new dict with the names of the old one; a loop over gradients.items() gives both.",
    ),
)


def _draw_adam(seed: int, sizes: inputs.Sizes) -> tuple[Any, ...]:
    """Draw a later step of a training, with tiny gradients in the second case, and the first step in the third case.

    One weight has always had a gradient of zero, like that of a word that has not occurred yet.
    """
    rng = np.random.default_rng(seed)
    shape = (sizes.n_a, sizes.n_x)
    W, learning_rate = rng.standard_normal(shape), float(rng.uniform(0.05, 0.15))
    mean, square = np.zeros(shape), np.zeros(shape)
    # Small enough that epsilon matters.
    scale = 1e-7 if sizes.m == 1 else 1.0
    for _ in range(1, sizes.T_x):
        mean, square = adam.moments(_gradient(rng, shape, scale), mean, square).values()
    return W, _gradient(rng, shape, scale), mean, square, sizes.T_x, learning_rate


def _gradient(rng: np.random.Generator, shape: tuple[int, int], scale: float) -> Array:
    dW = scale * rng.standard_normal(shape)
    dW[0, 0] = 0
    return dW


_MOMENTS = Exercise(
    name="moments",
    arguments=("dW", "mean", "square", "t"),
    shapes={"mean_next": "n_a, n_x", "square_next": "n_a, n_x"},
    draw=lambda seed, sizes: _draw_adam(seed, sizes)[1:5],
    exact=lambda dW, mean, square, _: adam.moments(dW, mean, square),
    mistakes=adam.MOMENTS,
)

_MOVE = Exercise(
    name="move",
    arguments=("W", "dW", "mean", "square", "mean_next", "square_next", "t", "learning_rate"),
    shapes={"W_next": "n_a, n_x"},
    draw=_draw_adam,
    exact=adam.move,
    mistakes=adam.MOVE,
)


def _adam_step(W: Array, dW: Array, mean: Array, square: Array, t: int, learning_rate: float) -> Gradients:  # noqa: PLR0913, PLR0917
    after = adam.moments(dW, mean, square)
    W_next = adam.move(W, dW, mean, square, after["mean_next"], after["square_next"], t, learning_rate)
    return {"W_next": W_next, **after}


ADAM_STEP = Exercise(
    name="adam_step",
    arguments=("W", "dW", "mean", "square", "t", "learning_rate"),
    shapes={"W_next": "n_a, n_x", "mean_next": "n_a, n_x", "square_next": "n_a, n_x"},
    draw=_draw_adam,
    exact=_adam_step,
    stages=(_MOMENTS, _MOVE),
    hints=(
        "Five lines, one for each line of the equations above. First the two running means.",
        "A running mean keeps the part beta of its old value, and takes the rest from the new one.",
        "The correction is for the step alone. What is handed on to the next step are the running means themselves.",
        "The square root is taken of the corrected mean of the squares; epsilon is added to the root.",
    ),
)


def _draw_upstream(seed: int, sizes: inputs.Sizes) -> tuple[Array, Array, int]:
    """Draw sequences of different lengths: the first has no padding, the second has some."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, sizes.T_x, size=sizes.m, endpoint=True)
    if sizes.T_x > 1:
        lengths[0] = rng.integers(2, sizes.T_x) if sizes.m == 1 else sizes.T_x
        lengths[1:2] = rng.integers(2, sizes.T_x)
    return rng.standard_normal((sizes.n_a, sizes.m)), lengths, sizes.T_x


MANY_TO_ONE_UPSTREAM = Exercise(
    name="many_to_one_upstream",
    arguments=("da_last", "lengths", "T_x"),
    shapes={"da": "n_a, m, T_x"},
    draw=_draw_upstream,
    exact=exact.many_to_one_upstream,
    mistakes=many_to_one.UPSTREAM,
    hints=(
        "Start with zeros of the shape of all states, (n_a, m, T_x). Nearly all of them stay zero.",
        "Which step of example j was looked at? If 3 of its steps are real, they are the steps 0, 1 and 2.",
        "A loop over the examples does it: one column of da_last goes to one place.",
    ),
    cost=CostBound(
        inputs.Sizes(2, 32, 2, 16, 8),
        inputs.Sizes(2, 2, 2, 16, 8),
        2000,
        lambda arguments: arguments["da_last"][:, np.arange(len(arguments["lengths"]))],
        inputs.Sizes(2, 32, 2, 320, 8),
        100000,
    ),
)


def _draw_embedding(seed: int, sizes: inputs.Sizes) -> tuple[Array, Array, int]:
    """Draw texts in which one word occurs twice in an example and twice at a step, and another word never."""
    rng = np.random.default_rng(seed)
    words = rng.integers(N_WORDS - 1, size=(sizes.m, sizes.T_x))
    words[0, -1] = words[-1, 0] = words[0, 0]
    return rng.standard_normal((sizes.n_x, sizes.m, sizes.T_x)), words, N_WORDS


EMBEDDING_BACKWARD = Exercise(
    name="embedding_backward",
    arguments=("dx", "words", "n_words"),
    shapes={"dE": "n_x, n_words"},
    draw=_draw_embedding,
    exact=exact.embedding_backward,
    mistakes=embedding.EMBEDDING,
    hints=(
        (
            "Example j uses word words[j, t] at step t. So dx[:, j, t] is what this use contributes to the gradient "
            "of that word's column."
        ),
        "A word that is used several times collects the sum of what all its uses contribute.",
        (
            "Two loops, over the examples and over the steps, are right, if slow. np.add.at does the same at once; "
            "dE[:, words] += dx does not: where one column is named twice, NumPy writes only one of the two."
        ),
    ),
    cost=CostBound(
        inputs.Sizes(256, 2, 2, 2, 2),
        inputs.Sizes(8, 2, 2, 8, 16),
        1500,
        lambda arguments: np.zeros((len(arguments["dx"]), N_WORDS))[:, arguments["words"]],
        inputs.Sizes(1024, 2, 2, 16, 12),
        15000,
    ),
)


def _draw_quadratic(seed: int, sizes: inputs.Sizes) -> tuple[Array, graphs.QuadraticGradient, int, float]:
    rng = np.random.default_rng(seed)
    shape = (sizes.n_x, sizes.m, sizes.T_x)
    A = rng.standard_normal((sizes.n_x, sizes.n_x)) / np.sqrt(sizes.n_x)
    steps = 3 + sizes.n_y
    return rng.standard_normal(shape), graphs.QuadraticGradient(A @ A.T, rng.standard_normal(shape)), steps, 0.1


DREAM_INPUT = Exercise(
    name="dream_input",
    arguments=("x", "input_gradient", "steps", "step_size"),
    shapes={"dreamed": "n_x, m, T_x"},
    draw=_draw_quadratic,
    exact=dream_input.descend,
    mistakes=dream_input.DREAMED,
    hints=(
        "Work on a copy: the caller still needs x as it was, for comparison.",
        "At every step ask for the gradient where you are now, input_gradient(...), and move a little against it.",
        "How far? The gradient times step_size. Do this as many times as steps says.",
    ),
)
