"""What a learner's function computes on its way, by the learner's own names, and the lines that do it."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from types import FrameType, FunctionType
from typing import Any

import numpy as np

from bptt.types import Gradients

Function = Callable[..., Any]


@contextmanager
def trace_arrays(function: Function, names: Collection[str]) -> Iterator[Gradients]:
    """Note arrays that the learner's functions have at hand when they return.

    Parameters
    ----------
    function : callable
        Functions from the same notebook are watched as well.
    names : collection of str
        Names of variables or arguments.

    Yields
    ------
    dict of ndarray
        Filled while functions run.
    """
    seen: Gradients = {}
    notebook = getattr(function, "__globals__", None)

    def note(frame: FrameType, event: str, _result: object) -> None:
        if event == "return" and frame.f_globals is notebook:
            here = frame.f_locals
            seen.update({name: here[name].copy() for name in names if isinstance(here.get(name), np.ndarray)})

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def source_lines(function: Function, names: Collection[str]) -> dict[str, str]:
    """Find the lines in which a learner's code computes something.

    ``dz = ...``, ``gradients["dz"] = ...``, ``{"dz": ...}`` and the return of a function whose name ends in ``_dz``
    count, in the function and in those of the same notebook that it calls. A line that only calls one of these, or only
    names what was computed elsewhere, tells nothing and is passed over.

    Parameters
    ----------
    function : callable
    names : collection of str

    Returns
    -------
    dict of str
        A line of code for each name for which one was found.
    """
    found: dict[str, str] = {}
    for own in _own(function, {}):
        tree = _parsed(own)
        if tree is None:
            continue
        for name, value in _computed(tree, own.__name__):
            if name in names and name not in found and not _tells_nothing(value, own):
                found[name] = f"{name} = {ast.unparse(value)}"
    return found


def _own(function: Function, known: dict[str, FunctionType]) -> Iterator[FunctionType]:
    """Yield a function and those of the same notebook that it calls by name, each once."""
    if not isinstance(function, FunctionType) or function.__name__ in known:
        return
    known[function.__name__] = function
    yield function
    for name in function.__code__.co_names:
        called = function.__globals__.get(name)
        if isinstance(called, FunctionType) and called.__globals__ is function.__globals__:
            yield from _own(called, known)


def _tells_nothing(value: ast.expr, function: FunctionType) -> bool:
    match value:
        case ast.Name() | ast.Dict() | ast.Subscript(slice=ast.Constant(value=str())):
            return True
        case ast.Call(func=ast.Name(id=called)):
            return isinstance(function.__globals__.get(called), FunctionType)
    return False


def _parsed(function: FunctionType) -> ast.Module | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # defined where no source is kept, or inside of another statement
        return None


def _computed(tree: ast.Module, function: str) -> Iterator[tuple[str, ast.expr]]:
    """Yield what is computed, by name, and the expression that does it."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=str(name))], value=value):
                yield name, value
            case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str(name)))], value=value):
                yield name, value
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.value, value
            case ast.Return(value=ast.expr() as value):
                yield function.rpartition("_")[2], value
