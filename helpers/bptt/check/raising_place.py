"""Find where a learner's code raised, and look up what the names there stand for, without running anything."""

import ast
import linecache
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from bptt.runtime import is_course_code
from bptt.wording import plural

UNKNOWN = object()
"""The value of code that cannot be looked up without running it."""

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
"""Operators of indices, such as those of ``steps[t + 1]``."""


@dataclass(frozen=True)
class RaisingPlace:
    """Where a learner's code raised.

    Attributes
    ----------
    line : str
        Of the source.
    names : dict
        What the names stand for there, local ones before those of the notebook.
    local : dict
        Only the names of the function itself.
    node, statement : ast.AST or None
        The expression that failed, and the statement that it is in; None where the source cannot be read.
    """

    line: str
    names: Mapping[str, Any]
    local: Mapping[str, Any]
    node: ast.AST | None = None
    statement: ast.AST | None = None

    def value(self, node: ast.AST | None) -> Any:  # noqa: ANN401 - whatever the learner has there
        """Look up what a piece of code stands for; ``UNKNOWN`` where it would have to be run."""
        try:
            return self._value(node)
        except (KeyError, IndexError, AttributeError, TypeError, ValueError, ZeroDivisionError):
            return UNKNOWN

    def _value(self, node: ast.AST | None) -> Any:  # noqa: ANN401, PLR0911 - whatever the learner has there
        match node:
            case ast.Name(name):
                return self.names[name]
            case ast.Constant(value):
                return value
            case ast.Attribute(owner, name):
                value = self.value(owner)
                is_known = hasattr(value, "_fields") or value is np or type(value) is np.ndarray
                return getattr(value, name) if is_known else UNKNOWN
            case ast.Subscript(owner, index):
                value, key = self.value(owner), self.value(index)
                return value[key] if isinstance(value, dict | list | tuple) else UNKNOWN
            case ast.UnaryOp(ast.USub(), operand):
                return -self.value(operand)
            case ast.BinOp(left, operator, right) if type(operator) in _ARITHMETIC:
                numbers = self.value(left), self.value(right)
                if all(isinstance(number, int) for number in numbers):
                    return _ARITHMETIC[type(operator)](*numbers)
        return UNKNOWN


def raising_place(error: BaseException) -> RaisingPlace | None:
    """Find where a learner's code raised; None when the error came from elsewhere."""
    steps = [
        (trace.tb_frame, trace.tb_lineno, trace.tb_lasti)
        for trace in traces(error)
        if not (
            is_course_code(name := trace.tb_frame.f_globals.get("__name__", "")) or name.partition(".")[0] == "numpy"
        )
    ]
    if not steps:
        return None
    frame, line, at = steps[-1]
    # A module of the learner's may have been edited and loaded again.
    linecache.checkcache(frame.f_code.co_filename)
    source = linecache.getline(frame.f_code.co_filename, line).strip()
    local = dict(frame.f_locals)
    inner = frame
    while inner.f_code.co_name.startswith("<") and inner.f_back:
        # A comprehension knows only its own names, and the learner thinks of those of the function around it.
        inner = inner.f_back
        local = {**inner.f_locals, **local} if inner.f_code.co_filename == frame.f_code.co_filename else local
    return RaisingPlace(source, {**frame.f_globals, **local}, local, *_nodes(frame, at))


def traces(error: BaseException) -> Iterator[TracebackType]:
    """Yield the entries of an error's traceback, the innermost last."""
    trace = error.__traceback__
    while trace:
        yield trace
        trace = trace.tb_next


def _nodes(frame: FrameType, at: int) -> tuple[ast.AST | None, ast.AST | None]:
    code = frame.f_code
    line, end_line, column, end_column = list(code.co_positions())[at // 2]
    try:
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    except (SyntaxError, ValueError):
        return None, None
    start, end = (line, column), (end_line, end_column)
    if None in {*start, *end}:
        return None, None
    found: ast.AST | None = None
    statement: ast.AST | None = None
    for node in ast.walk(tree):
        if not isinstance(node, ast.expr | ast.stmt):
            continue
        span = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
        if span == (start, end):
            found = node
        if isinstance(node, ast.stmt) and span[0] <= start and end <= span[1]:
            statement = node  # an inner one is walked later
    return found, statement


def line_with_shapes(place: RaisingPlace | None) -> str:
    """Return the learner's line that raised, and the shapes of the arrays in what failed of it."""
    if place is None:
        return ""
    failed = ast.unparse(place.node) if place.node is not None else place.line
    arrays = dict(_name_and_value(place.names, *parts) for parts in _NAME.findall(failed))
    shapes = ", ".join(f"{text} {array.shape}" for text, array in arrays.items() if isinstance(array, np.ndarray))
    return f"{place.line}\nwith {shapes}" if shapes else place.line


_NAME = re.compile(r"""(?<![\w."'])([A-Za-z_]\w*)(?:\[["'](\w+)["']\]|\.(\w+))?""")
"""A name, an entry of a dict by name, or an attribute: ``dz``, ``parameters["Wax"]``, ``cache.xt``."""


def _name_and_value(names: Mapping[str, Any], name: str, key: str, attribute: str) -> tuple[str, Any]:
    """Return the name and the value of a piece of code; of a method, those of the object that it belongs to."""
    value = names.get(name)
    if key and isinstance(value, dict):
        return f'{name}["{key}"]', value.get(key)
    if attribute == "T" and isinstance(value, np.ndarray):
        return f"{name}.T", value.T
    if attribute and isinstance(value, tuple):
        return f"{name}.{attribute}", getattr(value, attribute, None)
    return name, value


def is_cache(value: object) -> bool:
    """Tell whether a value is the cache of one step, and not that of a sequence, with a list in it."""
    return hasattr(value, "_fields") and not any(isinstance(entry, list) for entry in value)  # type: ignore[attr-defined]


def describe(value: object) -> str:  # noqa: PLR0911 - one return for each kind of value
    """Say in a few words what a value is, e.g. ``an array of shape (5, 4)`` or ``a list of 7 caches``."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "one number"
    if isinstance(value, bool | int | float | complex | np.generic):
        return "one number"
    if isinstance(value, str):
        return f'the text "{value[:20]}"'
    if hasattr(value, "_fields"):
        return f"a cache ({type(value).__name__})" if is_cache(value) else f"all caches ({type(value).__name__})"
    if isinstance(value, list | tuple):
        caches = bool(value) and all(map(is_cache, value))
        return f"a {type(value).__name__} of {plural(len(value), 'cache' if caches else 'value')}"
    if isinstance(value, dict):
        return "a dict"
    return "a function" if callable(value) else f"a {type(value).__name__}"
