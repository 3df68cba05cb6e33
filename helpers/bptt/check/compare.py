"""Validate a result's type, keys, shapes and values against the exact gradients."""

import math
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import numpy as np

from bptt import exact
from bptt.check.call import CallResult
from bptt.check.exercise import Exercise
from bptt.check.findings import Finding
from bptt.check.tolerance import TOLERANCE, agrees, scaled_error
from bptt.inputs import Sizes
from bptt.types import Array, Gradients
from bptt.wording import join_names

MAX_KEY = 30
"""Most characters that are shown of a key that nobody asks for."""


def as_gradients(exercise: Exercise, result: Any) -> dict[str, Any]:  # noqa: ANN401 - learners return anything
    """Convert what a learner's function returned to a dict by gradient.

    Parameters
    ----------
    exercise : Exercise
    result : object

    Returns
    -------
    dict
        Empty when the result is no dict and should be one.
    """
    if exercise.bare:
        ((name, symbols),) = exercise.shapes.items()
        # For a single number, Python's own types are accepted like NumPy's.
        plain = not symbols and isinstance(result, int | float)
        return {name: np.float64(result) if plain else result}
    return dict(result) if isinstance(result, dict) else {}


def validate(exercise: Exercise, outcome: CallResult, right: Gradients, sizes: Sizes) -> Iterator[Finding]:
    """Yield what is wrong in one case, in the order of diagnosis.

    A finding about the whole call (not implemented, raised, borrowed, wrong return type) comes alone. Otherwise there
    is at most one finding for each gradient, besides those about arguments changed in place.

    Parameters
    ----------
    exercise : Exercise
    outcome : CallResult
        Of the learner's function.
    right : dict of ndarray
        The exact gradients.
    sizes : Sizes
        Of the case.

    Yields
    ------
    Finding
    """
    call_finding = _call_finding(exercise, outcome, sizes)
    if call_finding:
        yield call_finding
        return
    result = as_gradients(exercise, outcome.result)
    for name in exercise.shapes:
        finding = _gradient_finding(exercise, name, result, right[name], sizes)
        if finding:
            yield finding
    if outcome.changed:
        names = join_names(outcome.changed)
        message = f"Your function changes {names} in place."
        yield Finding("changed-in-place", None, message, sizes)


def _call_finding(exercise: Exercise, outcome: CallResult, sizes: Sizes) -> Finding | None:
    error = outcome.error
    if isinstance(error, NotImplementedError):
        return Finding("not-implemented", None, f"{str(error) or f'{exercise.name} is still to be written'}.")
    if isinstance(error, exact.ReferenceUsedError):
        message = (
            "Your function calls bptt.exact. Your function is compared with that, so a match would prove nothing: "
            "write your own."
        )
        return Finding("borrowed", None, message)
    if error is not None:
        return Finding("raised", None, _raised_message(outcome, sizes), sizes)
    if outcome.result is None:
        message = f"{exercise.name} returns None. Does it end with a return? (d.update(...) gives None as well.)"
        return Finding("returns-nothing", None, message)
    if not exercise.bare and not isinstance(outcome.result, dict):
        message = f"It returns a {type(outcome.result).__name__}. Return a dict with {join_names(exercise.shapes)}."
        return Finding("return-type", None, message)
    return None


def _raised_message(outcome: CallResult, sizes: Sizes) -> str:
    # NumPy breaks long lines, and a line of its own is code.
    said = re.sub(r",? (with gufunc|gufunc core with) signature \S+", "", " ".join(str(outcome.error).split()))
    kind = type(outcome.error).__name__
    words = f"{kind}: {said}" if said and said not in outcome.advice else kind
    lines = [f"{outcome.advice} ({words})" if outcome.advice else words]
    if outcome.at_line:
        lines.append(outcome.at_line)
    shown = {
        int(number) for shape in re.findall(r" \(([\d, ]+)\)", outcome.at_line) for number in shape.split(",") if number
    }
    named = [f"{name} = {size}" for name, size in sizes._asdict().items() if size in shown]
    if sizes.n_a + sizes.n_x in shown - {*sizes}:
        named.append(f"n_a + n_x = {sizes.n_a + sizes.n_x}")
    if named:
        lines.append(f"where {', '.join(named)}")
    return "\n".join(lines)


def _gradient_finding(
    exercise: Exercise, name: str, result: dict[str, Any], expected: Array, sizes: Sizes
) -> Finding | None:
    if name not in result:
        others = [str(key)[:MAX_KEY] for key in result if key not in exercise.shapes]
        close = get_close_matches(name, others, 1)
        other = f" Is {close[0]} meant for it?" if close else f" It has {join_names(others)}." if others else ""
        return Finding("missing", name, f"The dict has no {name}.{other}", sizes)
    value = result[name]
    if value is None:
        return Finding("missing", name, f"{name} is None: it has not been computed yet.", sizes)
    if not isinstance(value, np.ndarray | np.generic):
        unpacked = " (Unpacking a dict gives its names, not its values.)" if isinstance(value, str) else ""
        message = f"{name} is a {type(value).__name__}. Return a NumPy array.{unpacked}"
        return Finding("return-type", name, message, sizes)
    return _array_finding(name, exercise.shapes[name], np.asarray(value), expected, sizes)


def _array_finding(name: str, symbols: str, yours: Array, expected: Array, sizes: Sizes) -> Finding | None:
    if yours.shape != expected.shape:
        belongs = (
            f"It belongs to something of shape ({symbols}) = {expected.shape}."
            if symbols
            else "It should be one number."
        )
        message = f"{name} has shape {yours.shape}. {belongs}"
        return Finding("shape", name, message, sizes, None, yours, expected)
    if yours.dtype.kind not in "fiu":
        return Finding("dtype", name, f"{name} holds {yours.dtype} values. Real numbers are expected.", sizes)
    if not np.isfinite(yours).all():
        index = _first_true_index(~np.isfinite(yours))
        message = f"{name}{_index_text(index)} is {yours[index]}: something overflowed or was divided by zero."
        return Finding("not-finite", name, message, sizes, index, yours, expected)
    if not agrees(yours, expected):
        error = scaled_error(yours, expected)
        index = tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
        wrong = int((error > TOLERANCE).sum())
        share = "every entry" if wrong == error.size else f"{wrong} of {error.size} entries"
        differs = (
            f"{share} of {name} differ{'s' if wrong in (1, error.size) else ''}; most at {name}{_index_text(index)}"
        )
        numbers = f"yours {yours[index]:.6g}, expected {expected[index]:.6g}."
        message = f"{differs if index else name + ' differs'}: {numbers}"
        return Finding("value", name, message[0].upper() + message[1:], sizes, index, yours, expected)
    return None


def _index_text(index: tuple[int, ...]) -> str:
    return str(list(index)) if index else ""


def _first_true_index(mask: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0]) if math.prod(mask.shape) else ()
