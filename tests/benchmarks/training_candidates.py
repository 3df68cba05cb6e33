"""What is trained side by side: lesson 04's networks, the same ones in PyTorch, and counts of words."""

import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bptt import data, own, states
from bptt.types import Array, Gradients, Parameters

try:
    import torch
except ModuleNotFoundError:
    torch = None

LESSONS = Path(__file__).parents[2] / "solutions"
ROUNDING = {"float64": 1e-9, "float32": 1e-3}
"""How far a gradient may be from ours, measured by its largest entry."""

Batch = tuple[Array, Array, Array]
"""Input (n_x, m, T_x) or words (m, T_x), lengths (m,), and wanted output (n_y, m)."""


@cache
def lesson() -> dict[str, Any]:
    """Take the functions of lesson 04, with the backward passes of lessons 02 and 03."""
    defined = own.load_definitions(sorted(LESSONS.glob("0[1-4]_*.py")))
    # Functions look for each other in this very dict.
    defined["lstm_backward"] = defined["lstm_backward_fused"]
    return defined


def adding_gradients(parameters: Parameters, batch: Batch, kind: str = "LSTM") -> tuple[float, Gradients]:
    """Return loss and gradients of the lesson's network for the adding problem."""
    x, _, y = batch
    states_of, backward = {
        "LSTM": (states.lstm_states, lesson()["lstm_backward"]),
        "RNN": (states.rnn_states, lesson()["rnn_backward"]),
    }[kind]
    return lesson()["adding_gradients"](parameters, states_of, backward, x, y)


def review_gradients(parameters: Parameters, batch: Batch) -> tuple[float, Gradients]:
    """Return loss and gradients of the lesson's network for reviews."""
    return lesson()["review_gradients"](parameters, *batch)


class Ours:
    """A network of lesson 04 in training.

    Parameters
    ----------
    parameters : dict of ndarray
    gradients_of : callable
        ``adding_gradients`` or ``review_gradients``.
    learning_rate, max_norm : float
        Of Adam, and of clipping.
    """

    def __init__(
        self, parameters: Parameters, gradients_of: Callable[..., Any], learning_rate: float, max_norm: float
    ) -> None:
        self._gradients_of = gradients_of
        self._training = lesson()["Training"](dict(parameters), learning_rate, max_norm)

    @property
    def parameters(self) -> Parameters:
        """As they are now."""
        return self._training.parameters

    def step(self, batch: Batch) -> float:
        """Take one step, and return the loss before it."""
        loss, gradients = self._gradients_of(self.parameters, batch)
        self._training.step(gradients)
        return loss

    def scores(self, words: Array, lengths: Array) -> Array:
        """Return the scores of both verdicts: (2, m)."""
        return lesson()["forward"](self.parameters["E"][:, words], lengths, self.parameters)[0]


class Theirs:
    """The same network in PyTorch, from the same parameters.

    Parameters
    ----------
    parameters : dict of ndarray
        With ``E`` where the input is words and the loss cross-entropy; without, the loss is the squared error.
    kind : {"float64", "float32"}
    learning_rate, max_norm : float
    """

    def __init__(self, parameters: Parameters, kind: str, learning_rate: float, max_norm: float) -> None:
        self._dtype, self._max_norm = getattr(torch, kind), max_norm
        n_y, n_a = parameters["Wy"].shape
        n_x = parameters["Wf"].shape[1] - n_a
        parts = {"lstm": torch.nn.LSTM(n_x, n_a), "dense": torch.nn.Linear(n_a, n_y)}
        if "E" in parameters:
            parts["words"] = torch.nn.Embedding(parameters["E"].shape[1], n_x)
        self._parts = torch.nn.ModuleDict(parts).to(self._dtype)
        given = {name: torch.tensor(np.ascontiguousarray(value)) for name, value in laid_out(parameters).items()}
        # Of its two biases one is left at zero, because ours has one.
        second = self._parts["lstm"].bias_hh_l0.requires_grad_(requires_grad=False)
        self._parts.load_state_dict({**given, "lstm.bias_hh_l0": torch.zeros_like(second)})
        self._learnt = {name: value for name, value in self._parts.named_parameters() if value.requires_grad}
        self._adam = torch.optim.Adam(self._learnt.values(), lr=learning_rate)

    def loss(self, batch: Batch) -> Any:
        """Compute the loss, ready for its backward pass."""
        x, lengths, y = batch
        z = self._scores(torch.from_numpy(x), torch.from_numpy(lengths))
        if "words" in self._parts:
            return torch.nn.functional.cross_entropy(z, torch.from_numpy(y.argmax(axis=0)))
        return torch.nn.functional.mse_loss(z, torch.from_numpy(y.T).to(self._dtype))

    def step(self, batch: Batch) -> float:
        """Take one step, and return the loss before it."""
        self._adam.zero_grad()
        loss = self.loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learnt.values(), self._max_norm)
        self._adam.step()
        return loss.item()

    def gradients(self, batch: Batch) -> Gradients:
        """Return the gradients of one batch, by PyTorch's names."""
        self._adam.zero_grad()
        self.loss(batch).backward()
        return {name: value.grad.numpy() for name, value in self._learnt.items()}

    def scores(self, words: Array, lengths: Array) -> Array:
        """Return the scores of both verdicts: (2, m)."""
        with torch.no_grad():
            return self._scores(torch.from_numpy(words), torch.from_numpy(lengths)).numpy().T

    def _scores(self, x: Any, lengths: Any) -> Any:
        first = self._parts["words"](x.T) if "words" in self._parts else x.permute(2, 1, 0).to(self._dtype)
        a, _ = self._parts["lstm"](first)
        return self._parts["dense"](a[lengths - 1, torch.arange(len(lengths))])


def laid_out(values: Parameters) -> Parameters:
    """Give parameters, or their gradients under the parameters' names, PyTorch's names and layout."""
    n_a = values["Wy"].shape[1]
    W, b = (np.concatenate([values[f"{name}{gate}"] for gate in "ifco"]) for name in "Wb")
    found = {
        "lstm.weight_hh_l0": W[:, :n_a],
        "lstm.weight_ih_l0": W[:, n_a:],
        "lstm.bias_ih_l0": b[:, 0],
        "dense.weight": values["Wy"],
        "dense.bias": values["by"][:, 0],
    }
    return {**found, "words.weight": values["E"].T} if "E" in values else found


def agree(parameters: Parameters, gradients_of: Callable[..., Any], batch: Batch) -> None:
    """Raise an error unless PyTorch has the gradients of the lesson, up to rounding."""
    _, gradients = gradients_of(parameters, batch)
    ours = laid_out({name.removeprefix("d"): gradient for name, gradient in gradients.items()})
    for kind, rounding in ROUNDING.items():
        for name, theirs in Theirs(parameters, kind, 0.0, 1.0).gradients(batch).items():
            error = np.abs(theirs - ours[name]).max() / np.abs(ours[name]).max()
            if not error < rounding:
                raise ArithmeticError(f"PyTorch {kind}: the gradient of {name} is off by {error:.1e} of its largest.")


def adding_batches(seed: int, m: int, T_x: int) -> Iterator[Batch]:
    """Draw sequences of the adding problem, without end."""
    rng = np.random.default_rng(seed)
    while True:
        x, y = data.adding_problem(rng, m, T_x)
        yield x, np.full(m, T_x), y


def review_batches(rng: np.random.Generator, part: data.Split, numbers: dict[str, int], m: int) -> Iterator[Batch]:
    """Go through reviews once, as lesson 04 does."""
    words, lengths = data.pad(part.texts, numbers)
    one_hot = np.eye(2)[:, part.positive.astype(int)]
    for batch in data.batches(rng, lengths, m):
        yield np.ascontiguousarray(words[batch, : lengths[batch].max()]), lengths[batch], one_hot[:, batch]


def accuracy(network: Ours | Theirs, part: data.Split, numbers: dict[str, int]) -> float:
    """Return the share of reviews whose verdict is right."""
    right = [
        network.scores(words, lengths).argmax(axis=0) == y.argmax(axis=0)
        for words, lengths, y in review_batches(np.random.default_rng(1), part, numbers, 256)
    ]
    return float(np.concatenate(right).mean())


def counted(reviews: data.Reviews) -> tuple[float, float]:
    """Train a logistic regression on counts of words; return its accuracy and its seconds."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - may be missing
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    start = time.perf_counter()
    words = CountVectorizer(tokenizer=data.tokenise, token_pattern=None, lowercase=False, min_df=2)
    model = make_pipeline(words, LogisticRegression(max_iter=1000)).fit(*reviews.train)
    seconds = time.perf_counter() - start
    return float(model.score(*reviews.test)), seconds
