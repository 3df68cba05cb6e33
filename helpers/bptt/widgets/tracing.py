"""Trace local arrays of a learner's functions; find their source lines."""

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
    """Record local arrays of a learner's functions at the moment when these return.

    Parameters
    ----------
    function : callable
        Functions from the same notebook are traced as well.
    names : collection of str
        Local variables or arguments to record.

    Yields
    ------
    dict of ndarray
        By name; filled while functions run.
    """
    arrays: Gradients = {}
    notebook = getattr(function, "__globals__", None)

    def record(frame: FrameType, event: str, _result: object) -> None:
        if event == "return" and frame.f_globals is notebook:
            variables = frame.f_locals
            arrays.update(
                {name: variables[name].copy() for name in names if isinstance(variables.get(name), np.ndarray)}
            )

    previous = sys.getprofile()
    sys.setprofile(record)
    try:
        yield arrays
    finally:
        sys.setprofile(previous)


def source_lines(function: Function, names: Collection[str]) -> dict[str, str]:
    """Find the lines in which a learner's code computes the named arrays.

    ``dz = ...``, ``gradients["dz"] = ...``, ``{"dz": ...}`` and the return of a function whose name ends in ``_dz``
    count, in the function and in those of the same notebook that it calls. A line that only calls one of these, or only
    renames what was computed elsewhere, is skipped.

    Parameters
    ----------
    function : callable
    names : collection of str
        Names of the arrays.

    Returns
    -------
    dict of str
        Line of code for each name, as far as there is one.
    """
    lines: dict[str, str] = {}
    for called in _called_functions(function, {}):
        tree = _syntax_tree(called)
        if tree is None:
            continue
        for name, value in _assignments(tree, called.__name__):
            if name in names and name not in lines and not _only_passes_on(value, called):
                lines[name] = f"{name} = {ast.unparse(value)}"
    return lines


def _called_functions(function: Function, visited: dict[str, FunctionType]) -> Iterator[FunctionType]:
    """Yield a function and those of the same notebook that it calls by name, each once."""
    if not isinstance(function, FunctionType) or function.__name__ in visited:
        return
    visited[function.__name__] = function
    yield function
    for name in function.__code__.co_names:
        called = function.__globals__.get(name)
        if isinstance(called, FunctionType) and called.__globals__ is function.__globals__:
            yield from _called_functions(called, visited)


def _only_passes_on(value: ast.expr, function: FunctionType) -> bool:
    match value:
        case ast.Name() | ast.Dict() | ast.Subscript(slice=ast.Constant(value=str())):
            return True
        case ast.Call(func=ast.Name(id=called)):
            return isinstance(function.__globals__.get(called), FunctionType)
    return False


def _syntax_tree(function: FunctionType) -> ast.Module | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # defined where no source is kept, or inside of another statement
        return None


def _assignments(tree: ast.Module, function: str) -> Iterator[tuple[str, ast.expr]]:
    """Yield the name of each computed value, and the expression that computes it."""
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
