"""Call a learner's function once and keep all that happened: result, exception, warnings, prints, changed arguments."""

import copy
import io
import linecache
import re
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Protocol

import numpy as np

from bptt import exact
from bptt.check.exercise import Arguments
from bptt.runtime import is_course_code
from bptt.types import Array


@dataclass(frozen=True)
class CallResult:
    """What one call did.

    Attributes
    ----------
    result : object
        What the function returned; None when it raised.
    error : BaseException or None
    at_line : str
        The learner's line that raised, with the shapes of the arrays in it.
    warned : tuple of str
    printed : str
    changed : tuple of str
        Arguments that the function changed in place, e.g. ``da_next`` or ``cache.a_next``.
    axes : tuple of int
        Of each array that the function handed to a stand-in, how many axes it had.
    """

    result: Any
    error: BaseException | None = None
    at_line: str = ""
    warned: tuple[str, ...] = ()
    printed: str = ""
    changed: tuple[str, ...] = field(default=())
    stand_in_ndims: tuple[int, ...] = ()


class FunctionProxy(Protocol):
    """A learner's function in another process, which is asked for all that a check wants to know.

    Attributes
    ----------
    origin : str
        The cell that last defined it, e.g. ``In [12]``.
    reads : tuple of str
        The notebook's numbers and arrays that it reads by name.
    own : tuple of str
        The functions of earlier exercises that it would call, were there no stand-ins, and that are the learner's own.
    """

    origin: str
    reads: tuple[str, ...]
    own: tuple[str, ...]

    def call_cases(self, cases: Sequence[Arguments], stand_ins: tuple[str, ...]) -> list[CallResult]:
        """Call it there on each case, with the stand-ins of those names."""


Function = Callable[..., Any] | FunctionProxy


def call_all(
    function: Function, cases: Sequence[Arguments], stand_ins: Mapping[str, Callable[..., Any]]
) -> list[CallResult]:
    """Call ``function`` on each case; see :func:`call`."""
    if not callable(function):
        return function.call_cases(cases, tuple(stand_ins))
    return [call(function, case, stand_ins) for case in cases]


def call(
    function: Function, arguments: Arguments, stand_ins: Mapping[str, Callable[..., Any]] | None = None
) -> CallResult:
    """Call ``function`` with its own copy of ``arguments``, and with stand-ins for functions that it calls by name."""
    if not callable(function):
        return function.call_cases([arguments], tuple(stand_ins or ()))[0]
    own = copy.deepcopy(arguments)
    axes: list[int] = []
    printed = io.StringIO()
    result, error, at_line = None, None, ""
    with (
        warnings.catch_warnings(record=True) as warned,
        redirect_stdout(printed),
        exact.forbid_exact(),
        _replaced(function, {name: _watched(part, axes) for name, part in (stand_ins or {}).items()}),
    ):
        warnings.simplefilter("always")
        try:
            result = function(*own.values())
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - what a learner's code raises is a finding
            error, at_line = raised, _line_that_raised(raised)
    return CallResult(
        result,
        error,
        at_line,
        tuple(dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in warned)),
        printed.getvalue(),
        _changed(dict(_arrays(arguments)), dict(_arrays(own))),
        tuple(axes),
    )


def _watched(stand_in: Callable[..., Any], axes: list[int]) -> Callable[..., Any]:
    @wraps(stand_in)
    def watching(*handed: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever a learner hands over
        axes.extend(part.ndim for part in (*handed, *named.values()) if isinstance(part, np.ndarray))
        return stand_in(*handed, **named)

    return watching


@contextmanager
def _replaced(function: Callable[..., Any], stand_ins: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    names = getattr(function, "__globals__", {})
    before = {name: names[name] for name in stand_ins if name in names}
    names.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            names.pop(name)
        names.update(before)


def _arrays(value: Any, name: str = "") -> Iterator[tuple[str, Array]]:  # noqa: ANN401 - walks anything
    if isinstance(value, np.ndarray):
        yield name, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _arrays(entry, f'{name}["{key}"]' if name else key)
    elif hasattr(value, "_fields"):
        for key in value._fields:
            yield from _arrays(getattr(value, key), f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for position, entry in enumerate(value):
            yield from _arrays(entry, f"{name}[{position}]")


def _changed(before: dict[str, Array], after: dict[str, Array]) -> tuple[str, ...]:
    return tuple(name for name, was in before.items() if name not in after or not _as_it_was(was, after[name]))


def _as_it_was(before: Array, after: Array) -> bool:
    if np.array_equal(before, after, equal_nan=True):
        return True
    # Adding a nudge and taking it away again leaves a rounding error, which is nobody's mistake.
    return before.shape == after.shape and np.allclose(before, after, rtol=1e-12, atol=1e-15, equal_nan=True)


def _line_that_raised(error: BaseException) -> str:
    frames = [
        (frame, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if not (is_course_code(name := frame.f_globals.get("__name__", "")) or name.startswith("numpy"))
    ]
    if not frames:
        return ""
    frame, line = frames[-1]
    source = linecache.getline(frame.f_code.co_filename, line).strip()
    arrays = dict(_looked_up(frame.f_locals, *parts) for parts in _NAME.findall(source))
    shapes = ", ".join(f"{text} {array.shape}" for text, array in arrays.items() if isinstance(array, np.ndarray))
    return f"{source}\nwith {shapes}" if shapes else source


_NAME = re.compile(r"""([A-Za-z_]\w*)(?:\[["'](\w+)["']\]|\.(\w+))?""")
"""A name, an entry of a dict by name, or an attribute: ``dz``, ``parameters["Wax"]``, ``cache.xt``."""


def _looked_up(names: Mapping[str, Any], name: str, key: str, attribute: str) -> tuple[str, Any]:
    """Return what a piece of code is called and what it is; of a method, what it belongs to."""
    value = names.get(name)
    if key and isinstance(value, dict):
        return f'{name}["{key}"]', value.get(key)
    if attribute == "T" and isinstance(value, np.ndarray):
        return f"{name}.T", value.T
    if attribute and isinstance(value, tuple):
        return f"{name}.{attribute}", getattr(value, attribute, None)
    return name, value
