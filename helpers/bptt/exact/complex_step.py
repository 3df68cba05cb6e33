"""Complex-step Jacobians and gradients, and the guard that forbids them to learners' code."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

import numpy as np

from bptt.types import Array, Gradients

STEP = 1e-30

_exact_allowed: ContextVar[bool] = ContextVar("_exact_allowed", default=True)


class ReferenceUsedError(RuntimeError):
    """Raised when a learner's function calls this module for the gradients that it is meant to compute."""


@contextmanager
def forbid_exact() -> Iterator[None]:
    """Make every function of this module raise while a learner's own function runs.

    Raises
    ------
    ReferenceUsedError
        By ``jacobians`` and ``gradients``, inside the context.
    """
    token = _exact_allowed.set(False)
    try:
        yield
    finally:
        _exact_allowed.reset(token)


def allow_exact(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function so that it works inside ``forbid_exact()`` too, as the stand-in for an earlier exercise.

    Parameters
    ----------
    function : callable
        One that computes exact gradients.

    Returns
    -------
    callable
    """

    @wraps(function)
    def allowed(*arguments: object, **named: object) -> Any:  # noqa: ANN401 - a gradient, or several by name
        token = _exact_allowed.set(True)
        try:
            return function(*arguments, **named)
        finally:
            _exact_allowed.reset(token)

    return allowed


def jacobians(forward: Callable[..., Array], at: dict[str, Array]) -> dict[str, Array]:
    """Differentiate every entry of what ``forward`` returns with respect to every entry of ``at``.

    All entries of one argument are nudged at once, each in its own copy, stacked along a new first axis.

    Parameters
    ----------
    forward : callable
        Takes the entries of ``at`` as keyword arguments. It must be made of analytic operations that leave leading
        axes alone (``@``, ``+``, ``np.tanh``, ...).
    at : dict of ndarray
        Where to differentiate.

    Returns
    -------
    dict of ndarray
        For each name, the derivatives (size of that argument, *shape of the result).

    Raises
    ------
    ReferenceUsedError
        Inside ``forbid_exact()``.
    """
    if not _exact_allowed.get():
        raise ReferenceUsedError("bptt.exact is the reference that your function is compared with")
    derivatives = {}
    for name, value in at.items():
        nudges = STEP * np.eye(value.size).reshape(value.size, *value.shape)
        derivatives[name] = forward(**{**at, name: value + 1j * nudges}).imag / STEP
    return derivatives


def gradients(forward: Callable[..., Array], at: dict[str, Array], upstream: Array) -> Gradients:
    r"""Differentiate :math:`J = \sum \mathrm{upstream} \odot \mathrm{forward}(\mathrm{at})` for all of ``at``.

    Parameters
    ----------
    forward : callable
        As for ``jacobians``.
    at : dict of ndarray
        Where to differentiate.
    upstream : ndarray
        Gradient of J with respect to what ``forward`` returns; of the same shape.

    Returns
    -------
    dict of ndarray
        ``"d" + name`` for each name in ``at``, of the same shape.

    Raises
    ------
    ReferenceUsedError
        Inside ``forbid_exact()``.
    """
    return {
        "d" + name: np.tensordot(jacobian, upstream, upstream.ndim).reshape(at[name].shape)
        for name, jacobian in jacobians(forward, at).items()
    }
