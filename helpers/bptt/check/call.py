"""Call a learner's function once and record result, error, warnings and side effects."""

import copy
import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import wraps
from itertools import takewhile
from threading import RLock
from typing import Any, Protocol

import numpy as np

from bptt import exact
from bptt.check.errors import advice, stand_in_error
from bptt.check.exercise import Arguments
from bptt.check.raising_place import line_with_shapes, raising_place
from bptt.types import Array


@dataclass(frozen=True)
class CallResult:
    """Record of one call.

    Attributes
    ----------
    result : object
        What the function returned; None when it raised.
    error : BaseException or None
    at_line : str
        The learner's line that raised, with the shapes of the arrays in it.
    advice : str
        The error in plain words, and what to look at.
    warned : tuple of str
        Categories and messages of its warnings.
    printed : str
    changed : tuple of str
        Arguments that the function changed in place, e.g. ``da_next`` or ``cache.a_next``.
    stand_in_ndims : tuple of int
        Number of axes of each array that the function passed to a stand-in.
    stand_in_calls : int
        How often the function called a stand-in.
    """

    result: Any
    error: BaseException | None = None
    at_line: str = ""
    warned: tuple[str, ...] = ()
    printed: str = ""
    changed: tuple[str, ...] = field(default=())
    stand_in_ndims: tuple[int, ...] = ()
    stand_in_calls: int = 0
    advice: str = ""


class FunctionProxy(Protocol):
    """A learner's function in another process, with what a check has to know about it.

    Attributes
    ----------
    origin : str
        The cell that last defined it, e.g. ``In [12]``.
    reads : tuple of str
        The notebook's numbers and arrays that it reads by name.
    own : tuple of str
        The learner's own functions among those that it would call without stand-ins.
    """

    origin: str
    reads: tuple[str, ...]
    own: tuple[str, ...]

    def call_cases(self, cases: Sequence[Arguments], stand_ins: tuple[str, ...]) -> list[CallResult]:
        """Call the function on each case in its process.

        Parameters
        ----------
        cases : sequence of dict
            The arguments of each call.
        stand_ins : tuple of str
            Names of the stand-ins to call it with.

        Returns
        -------
        list of CallResult
        """


Function = Callable[..., Any] | FunctionProxy
"""A learner's function, in this process or in another one."""


def call_all(
    function: Function, cases: Sequence[Arguments], stand_ins: Mapping[str, Callable[..., Any]]
) -> list[CallResult]:
    """Call a learner's function on each case; see :func:`call`."""
    if not callable(function):
        return function.call_cases(cases, tuple(stand_ins))
    return [call(function, case, stand_ins) for case in cases]


def call(
    function: Function, arguments: Arguments, stand_ins: Mapping[str, Callable[..., Any]] | None = None
) -> CallResult:
    """Call a learner's function with a copy of the arguments, and with stand-ins for functions that it calls by name.

    Parameters
    ----------
    function : callable or FunctionProxy
    arguments : dict
        In order; the names are used for ``changed`` only.
    stand_ins : dict of callable, optional
        By name, what replaces a global of the function during the call.

    Returns
    -------
    CallResult
    """
    if not callable(function):
        return function.call_cases([arguments], tuple(stand_ins or ()))[0]
    copied = copy.deepcopy(arguments)
    ndims: list[tuple[int, ...]] = []
    printed = io.StringIO()
    result, error, place = None, None, None
    with (
        _ONE_CALL,
        warnings.catch_warnings(record=True) as warned,
        redirect_stdout(printed),
        exact.forbid_exact(),
        _stand_ins_installed(
            function, {name: _recording(name, stand_in, ndims) for name, stand_in in (stand_ins or {}).items()}
        ),
    ):
        warnings.simplefilter("always")
        try:
            result = function(*copied.values())
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - what a learner's code raises is a finding
            error, place = raised, raising_place(raised)
    return CallResult(
        result,
        error,
        line_with_shapes(place),
        tuple(dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in warned)),
        printed.getvalue(),
        _changed_names(dict(_named_arrays(arguments)), dict(_named_arrays(copied))),
        tuple(axes for one_call in ndims for axes in one_call),
        len(ndims),
        advice(error, place, function, arguments) if error else "",
    )


_ONE_CALL = RLock()
"""Stand-ins, standard output and warnings belong to the process, and JupyterLab handles a slider in another thread than
cells: without this, a check and a widget that overlap would use each other's stand-ins."""


def _recording(name: str, stand_in: Callable[..., Any], ndims: list[tuple[int, ...]]) -> Callable[..., Any]:
    @wraps(stand_in)
    def recording(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever a learner passes
        # An array behind something else stands in another's place, as in f(*caches): it says nothing about gradients.
        leading = takewhile(lambda value: isinstance(value, np.ndarray | float | int), arguments)
        ndims.append(tuple(value.ndim for value in (*leading, *named.values()) if isinstance(value, np.ndarray)))
        try:
            return stand_in(*arguments, **named)
        except Exception as raised:
            error = stand_in_error(name, stand_in, arguments, named)
            if error is None:
                raise
            raise error from raised

    return recording


@contextmanager
def _stand_ins_installed(function: Callable[..., Any], stand_ins: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    names = getattr(function, "__globals__", {})
    before = {name: names[name] for name in stand_ins if name in names}
    names.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            names.pop(name)
        names.update(before)


def _named_arrays(value: Any, name: str = "") -> Iterator[tuple[str, Array]]:  # noqa: ANN401 - walks anything
    if isinstance(value, np.ndarray):
        yield name, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _named_arrays(entry, f'{name}["{key}"]' if name else key)
    elif hasattr(value, "_fields"):
        for key in value._fields:
            yield from _named_arrays(getattr(value, key), f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for position, entry in enumerate(value):
            yield from _named_arrays(entry, f"{name}[{position}]")


def _changed_names(before: dict[str, Array], after: dict[str, Array]) -> tuple[str, ...]:
    return tuple(name for name, was in before.items() if name not in after or not _is_unchanged(was, after[name]))


def _is_unchanged(before: Array, after: Array) -> bool:
    if np.array_equal(before, after, equal_nan=True):
        return True
    # To add a nudge and subtract it again leaves a rounding error, which is no mistake.
    return before.shape == after.shape and np.allclose(before, after, rtol=1e-12, atol=1e-15, equal_nan=True)
