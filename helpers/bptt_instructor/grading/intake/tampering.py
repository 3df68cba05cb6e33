"""What became of a cell that students were not to change: an accident, or something that tries to win by it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What nbgrader notes on a cell that is worth something to whoever changes it. Versions and checksums are not.
_METADATA_WITH_EFFECT = ("points", "grade", "solution", "locked", "task")
MAX_TEST_CHARACTERS = 100_000
"""No test is nearly as long."""


def changes_behaviour(theirs: str, ours: str) -> bool:
    """Tell whether a test that was changed would have done something else than ours, with nothing to excuse it.

    A test that was emptied, commented out or broken does nothing, which happens to people who want to see the rest run.
    One with lines added that only show something still does what ours does.

    Parameters
    ----------
    theirs, ours
        The text of the cell, as it was handed in and as it was released.
    """
    if len(theirs) > MAX_TEST_CHARACTERS:
        return True
    mine, wanted = _statements(theirs), _statements(ours)
    if not mine or not wanted:
        return False
    left = iter(mine)
    if not all(statement in left for statement in wanted):
        return True
    added = list(mine)
    for statement in wanted:
        added.remove(statement)
    return not all(_only_shows(statement) for statement in added)


def _statements(source: str) -> list[str]:
    try:
        return [ast.unparse(statement) for statement in ast.parse(source).body]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _only_shows(statement: str) -> bool:
    match ast.parse(statement).body:
        case [ast.Expr(ast.Call(ast.Name("print" | "display")))] | [ast.Expr(ast.Name() | ast.Constant())]:
            return True
    return False


def changed_metadata(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    """Yield in words what was changed of nbgrader's notes on a cell; nothing where notes are merely missing."""
    for name in _METADATA_WITH_EFFECT:
        if name in theirs and theirs[name] != ours.get(name):
            yield f"{name} set to {str(theirs[name])[:20]}" if name == "points" else f'its mark "{name}" changed'
