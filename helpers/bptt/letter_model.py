"""A character model: an RNN that predicts the next letter at every step."""

import json
from importlib import resources
from typing import NamedTuple

import numpy as np

from bptt.activations import softmax
from bptt.rnn import RNNCaches, rnn_forward
from bptt.types import Array, Parameters


class LetterModel(NamedTuple):
    r"""An RNN with its parameters, taken one letter at a time.

    Called with a letter and the state before it, it returns the scores of the letter that follows and the new state:

    .. math::

        a^{\langle t \rangle} = \tanh(W_{ax} x^{\langle t \rangle} + W_{aa} a^{\langle t-1 \rangle} + b_a), \quad
        z = W_{ya} a^{\langle t \rangle} + b_y

    where x is one-hot: 1 at the letter's number, 0 elsewhere.

    Attributes
    ----------
    Wax, Waa, ba, Wya, by : ndarray (n_a, n_x), (n_a, n_a), (n_a, 1), (n_x, n_a), (n_x, 1)
        For n_x letters, the mark among them.
    """

    Wax: Array
    Waa: Array
    ba: Array
    Wya: Array
    by: Array

    @property
    def a0(self) -> Array:
        """State before the first letter: zeros, ``(n_a, 1)``."""
        return np.zeros((len(self.Waa), 1))

    def __call__(self, letter: int, a_prev: Array) -> tuple[Array, Array]:
        """Take one letter, and return the scores ``(n_x, 1)`` of the next one and the state ``(n_a, 1)``."""
        a_next = np.tanh(self.Wax[:, [letter]] + self.Waa @ a_prev + self.ba)
        return self.Wya @ a_next + self.by, a_next

    def next_letter(self, letters: Array, temperature: float = 1.0) -> Array:
        """Compute how likely each letter is after those given, softmax(z / temperature).

        Parameters
        ----------
        letters : ndarray of int (T_x,)
            The first letters of a name, without the mark before them.
        temperature : float
            Above 0. Below 1 likely letters become likelier still.

        Returns
        -------
        ndarray (T_x + 1, n_x)
            Row t: after the first t letters.
        """
        a, rows = self.a0, []
        for letter in (0, *letters):
            z, a = self(int(letter), a)
            rows.append(softmax(z / temperature)[:, 0])
        return np.stack(rows)


def trained_letters() -> LetterModel:
    """Load a model with 32 units that has been trained on names of dinosaurs, as lesson 05 does it.

    ``tests/benchmarks/names.py --write`` has made it, from the lesson's own functions.

    Returns
    -------
    LetterModel
    """
    text = resources.files("bptt.data").joinpath("letter_model.json").read_text(encoding="utf-8")
    return LetterModel(**{name: np.array(W) for name, W in json.loads(text).items()})


def one_hot(letters: Array, n_x: int) -> Array:
    """Write each number as a column with one 1: ``(m, T_x)`` numbers become ``(n_x, m, T_x)``.

    Parameters
    ----------
    letters : ndarray of int (m, T_x)
    n_x : int
        How many different letters there are.

    Returns
    -------
    ndarray (n_x, m, T_x)
    """
    return np.moveaxis(np.eye(n_x)[letters], -1, 0)


def letter_forward(parameters: Parameters, letters: Array) -> tuple[Array, Array, RNNCaches]:
    """Predict the next letter at every step of several names.

    Parameters
    ----------
    parameters : dict
        ``Wax (n_a, n_x), Waa (n_a, n_a), ba (n_a, 1), Wya (n_x, n_a), by (n_x, 1)``; real or complex.
    letters : ndarray of int (m, T_x)

    Returns
    -------
    y_pred : ndarray (n_x, m, T_x)
        At each step, how likely each letter is to be the next.
    a : ndarray (n_a, m, T_x)
    caches : RNNCaches
    """
    n_a, n_x = parameters["Wax"].shape[-2:]
    a, y_pred, caches = rnn_forward(one_hot(letters, n_x), np.zeros((n_a, len(letters))), parameters)
    return y_pred, a, caches
