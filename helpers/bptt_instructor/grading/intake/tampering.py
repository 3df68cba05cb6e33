"""Tell tampering from accident in a changed check cell.

Tampered is what could have won points where the cell itself decides, as in plain nbgrader: the call of the check is
gone from a cell that runs to its end, or the cell changes the check, NumPy or Python. All else that people write into
such a cell (a hint asked for, an import, an assert, a result kept, another list of gradients, their function) is not.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_TEST_CHARACTERS = 100_000
"""Length of a changed test that is compared; no real one is nearly as long."""
_GUARDED = frozenset(("check", "np", "numpy", "bptt", "builtins"))
"""Names that a check relies on."""
_IMPORTS = frozenset((("numpy", "np"), ("numpy", "numpy"), ("bptt", "bptt"), ("bptt", "check")))
"""Modules, and the guarded names that they are imported under."""
_REACHES_DEEP = frozenset(
    ("setattr", "delattr", "exec", "eval", "globals", "vars", "get_ipython", "exit", "quit", "_exit", "modules")
)
_SHOWS = frozenset(("print", "display", "repr", "str", "bool"))


def could_win_points(theirs: str, released: Iterable[str]) -> bool:
    """Tell whether a changed test could have won points that its function has not earned.

    A test that was emptied, commented out or broken wins nothing: that happens to people who want the rest to run.

    Parameters
    ----------
    theirs
        Source of the cell, as submitted.
    released
        Its sources, as released.
    """
    versions = list(released)
    if len(theirs) > MAX_TEST_CHARACTERS:
        return not any(version.strip() in theirs for version in versions)
    tree = _parse(theirs)
    if tree is None or not tree.body:
        return False
    if any(_changes_the_check(statement) for statement in tree.body):
        return True
    calls = set(_check_calls(tree))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for version in versions:
        wanted = _parse(version)
        expected = set(_check_calls(wanted)) if wanted else set()
        if {name for name, _ in expected} <= {name for name, _ in calls}:
            return False
        # Whoever writes the function over its check wants it to be seen.
        if functions & {function for _, function in expected}:
            return False
    return True


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _check_calls(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield name and function of each check that is called on a function by its name, in any case."""
    for statement in tree.body:
        value: ast.AST | None = None
        match statement:
            case ast.Expr(value) | ast.Assign(value=value) | ast.AnnAssign(value=value) | ast.Assert(test=value):
                pass
        while True:
            match value:
                case ast.Call(ast.Name(shown), [inner]) if shown in _SHOWS:
                    value = inner
                case ast.Attribute(ast.Call() as inner):
                    value = inner
                case ast.Call(ast.Attribute(ast.Name("check"), name), [ast.Name(function), *_]):
                    yield name, function
                    break
                case _:
                    break


def _changes_the_check(statement: ast.stmt) -> bool:
    inside = isinstance(statement, (ast.FunctionDef, ast.ClassDef))
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.name in _GUARDED:
        return True
    return any(_binds_guarded(node, inside=inside) or _reaches_deep(node) for node in ast.walk(statement))


def _binds_guarded(node: ast.AST, *, inside: bool) -> bool:
    """Tell whether a node gives a guarded name, or a part of what it names, another value."""
    match node:
        case ast.Import(aliases):
            bound = {(each.name.split(".")[0], each.asname or each.name.split(".")[0]) for each in aliases}
            return any(name in _GUARDED for _, name in bound - _IMPORTS)
        case ast.ImportFrom(module, aliases):
            bound = {(module or "", each.asname or each.name) for each in aliases}
            return any(name in _GUARDED for _, name in bound - _IMPORTS)
        case ast.Name(name, ast.Store() | ast.Del()):
            return name in _GUARDED and not inside
        case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
            return _root(node) in _GUARDED
        case ast.Global(names):
            return not _GUARDED.isdisjoint(names)
    return False


def _reaches_deep(node: ast.AST) -> bool:
    match node:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name in _REACHES_DEEP or name == "SystemExit" or (name.startswith("__") and name != "__name__")
    return False


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
