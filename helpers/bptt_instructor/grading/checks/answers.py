"""Answer calls of exact functions that come from a sandbox, within bounds on shapes.

Whoever controls a kernel can ask anything. Arrays come with bounded sizes, but arrays that do not belong together could
be broadcast to something far larger. So shapes are compared before anything is computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bptt.check.exercises import CELLS, EXERCISES
from bptt.graphs import WeightedInputCache
from bptt.influence import influence, memory_paths, time_path
from bptt.lstm import LSTMCaches, LSTMCellCache
from bptt.rnn import RNNCaches, RNNCellCache
from bptt_instructor.grading.checks.backward import BACKWARD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


MAX_INFLUENCE_NUMBERS = 1_000_000
"""Numbers that the influence matrix of a sequence is computed from: features times examples times steps squared."""
MAX_STEPS = 1000
MAX_UNITS = 64
"""Of a state whose Jacobians are computed."""

_INFLUENCE: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (influence, memory_paths, time_path)
}
_CELL_BACKWARD = {f"{cell.name}_cell_backward": cell for cell in CELLS}
ANSWERED = frozenset(
    {
        *_INFLUENCE,
        *(name for exercise in EXERCISES.values() for name in exercise.stand_ins),
        # What lessons use of earlier ones.
        *("rnn_backward", "lstm_backward"),
    }
)
"""Names that are answered to while cells run."""


def answer(name: str, arguments: tuple[Any, ...]) -> Any:  # noqa: ANN401 - gradients
    """Call an exact function.

    Parameters
    ----------
    name
        One of :data:`ANSWERED`.
    arguments
        A list of arguments and a dict of named ones, which may be anything.

    Raises
    ------
    TypeError, ValueError
        When arguments are missing, or of types or shapes that do not belong together.
    """
    positional, named = arguments
    if type(positional) is not list or type(named) is not dict:
        raise TypeError(f"{name} cannot be called like this")
    if name in _INFLUENCE:
        bound = dict(zip(("da", "caches", "state"), positional, strict=False)) | named
        _check_sequence(bound["da"], bound["caches"])
        n_a, m, T_x = bound["da"].shape
        if n_a > MAX_UNITS or n_a * m * T_x**2 > MAX_INFLUENCE_NUMBERS:
            raise ValueError(f"{name} is not computed for arrays as large as these while a notebook is graded")
        function = _INFLUENCE[name]
    elif name in _CELL_BACKWARD:
        bound = dict(zip(("da_next", "cache"), positional, strict=False)) | named
        _check_any_cell(**bound, parameters=_CELL_BACKWARD[name].parameters)
        function = _CELL_BACKWARD[name].cell_backward
    else:
        bound = dict(zip(EXERCISES[name].arguments, positional, strict=False)) | named
        _CHECKS[name](**bound)
        function = BACKWARD[name]
    if len(positional) > len(bound):
        raise TypeError(f"{name} takes {len(bound)} arguments, and {len(positional)} were given")
    with np.errstate(all="ignore"):
        return function(**bound)


def _check(**arrays: tuple[Any, tuple[int, ...]]) -> None:
    """Compare the shapes of arrays of numbers with those that they should have."""
    for name, (array, shape) in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise TypeError(f"{name} is not an array of numbers")
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, and {shape} is expected")


def _shape(array: Any, name: str, axes: int = 2) -> tuple[int, ...]:  # noqa: ANN401 - whatever was sent
    if not isinstance(array, np.ndarray) or array.ndim != axes:
        raise TypeError(f"{name} is not an array with {axes} axes")
    return array.shape


def _check_two(da: Any, a: Any) -> None:  # noqa: ANN401
    _check(a=(a, _shape(a, "a")), da=(da, _shape(a, "a")))


def _check_weighted_input(dZ: Any, cache: Any) -> None:  # noqa: ANN401
    _check_type(cache, WeightedInputCache)
    (n_a, m), n_x = _shape(dZ, "dZ"), _shape(cache.X, "X")[0]
    _check(dZ=(dZ, (n_a, m)), X=(cache.X, (n_x, m)), W=(cache.W, (n_a, n_x)), b=(cache.b, (n_a, 1)))


def _check_rnn_cell(cache: Any, **gradients: Any) -> None:  # noqa: ANN401
    _check_type(cache, RNNCellCache)
    (n_a, m), (n_x, _) = _shape(cache.a_next, "a_next"), _shape(cache.xt, "xt")
    _check(**{name: (gradient, (n_a, m)) for name, gradient in gradients.items()})
    _check(a_next=(cache.a_next, (n_a, m)), a_prev=(cache.a_prev, (n_a, m)), xt=(cache.xt, (n_x, m)))
    _check_parameters(cache.parameters, {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "ba": (n_a, 1)})


def _check_output(y_pred: Any, y: Any, a: Any, Wya: Any) -> None:  # noqa: ANN401
    (n_y, m, T_x), n_a = _shape(y_pred, "y_pred", 3), _shape(a, "a", 3)[0]
    _check(y_pred=(y_pred, (n_y, m, T_x)), y=(y, (n_y, m, T_x)), a=(a, (n_a, m, T_x)), Wya=(Wya, (n_y, n_a)))


def _check_lstm_cell(cache: Any, **gradients: Any) -> None:  # noqa: ANN401
    _check_type(cache, LSTMCellCache)
    (n_a, m), (n_x, _) = _shape(cache.a_next, "a_next"), _shape(cache.xt, "xt")
    states = ("a_next", "c_next", "a_prev", "c_prev", "ft", "it", "cct", "ot")
    _check(**{name: (gradient, (n_a, m)) for name, gradient in gradients.items()})
    _check(**{name: (getattr(cache, name), (n_a, m)) for name in states}, xt=(cache.xt, (n_x, m)))
    _check_parameters(
        cache.parameters, {f"W{g}": (n_a, n_a + n_x) for g in "fico"} | {f"b{g}": (n_a, 1) for g in "fico"}
    )


def _check_any_cell(da_next: Any, cache: Any, parameters: Mapping[str, str]) -> None:  # noqa: ANN401
    (n_a, m), (n_x, _) = _shape(cache.a_next, "a_next"), _shape(cache.xt, "xt")
    if max(n_a, n_x) > MAX_UNITS:
        raise ValueError("the cell is too large to be differentiated while a notebook is graded")
    for name in cache._fields:
        value = getattr(cache, name)
        if isinstance(value, np.ndarray) and name != "xt":
            _check(**{name: (value, (n_a, m))})
    _check(da_next=(da_next, (n_a, m)), xt=(cache.xt, (n_x, m)))
    sizes = {"n_a": n_a, "n_x": n_x, "n_a + n_x": n_a + n_x, "1": 1}
    shapes = {name: tuple(sizes[symbol] for symbol in symbols.split(", ")) for name, symbols in parameters.items()}
    _check_parameters(cache.parameters, shapes)


def _check_parameters(parameters: Any, shapes: Mapping[str, tuple[int, ...]]) -> None:  # noqa: ANN401
    _check_type(parameters, dict)
    _check(**{name: (parameters[name], shape) for name, shape in shapes.items()})


def _check_sequence(da: Any, caches: Any) -> None:  # noqa: ANN401
    n_a, m, T_x = _shape(da, "da", 3)
    if not isinstance(caches, RNNCaches | LSTMCaches) or type(caches.steps) is not list:
        raise TypeError("caches are not those of an RNN or an LSTM")
    if len(caches.steps) != T_x or T_x > MAX_STEPS:
        raise ValueError(f"there are {len(caches.steps)} caches for {T_x} steps; at most {MAX_STEPS} are possible here")
    check = _check_rnn_cell if isinstance(caches, RNNCaches) else _check_lstm_cell
    for cache in caches.steps:
        check(cache)
        _check(a_next=(cache.a_next, (n_a, m)))
    _check(da=(da, (n_a, m, T_x)), x=(caches.x, (_shape(caches.steps[0].xt, "xt")[0], m, T_x)))


def _check_type(value: object, kind: type) -> None:
    if type(value) is not kind:
        raise TypeError(f"a {kind.__name__} is expected, not a {type(value).__name__}")


_CHECKS: dict[str, Callable[..., None]] = {
    "tanh_backward": _check_two,
    "sigmoid_backward": _check_two,
    "weighted_input_backward": _check_weighted_input,
    **dict.fromkeys(
        ("rnn_cell_dz", "rnn_cell_inputs_backward", "rnn_cell_parameters_backward", "rnn_cell_backward"),
        _check_rnn_cell,
    ),
    **dict.fromkeys(
        (
            *("lstm_cell_dc", "lstm_cell_gates_backward", "lstm_cell_parameters_backward"),
            *("lstm_cell_inputs_backward", "lstm_cell_dz", "lstm_cell_backward"),
        ),
        _check_lstm_cell,
    ),
    "output_backward": _check_output,
    "rnn_backward": _check_sequence,
    "lstm_backward": _check_sequence,
}
