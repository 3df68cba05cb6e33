"""Tell tampering from accident in a changed cell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# nbgrader metadata that is worth changing to a cheater; versions and checksums are not.
_METADATA_WITH_EFFECT = ("points", "grade", "solution", "locked", "task")
MAX_TEST_CHARACTERS = 100_000
"""Length of a changed test that is compared; no real one is nearly as long."""


def changes_behaviour(theirs: str, ours: str) -> bool:
    """Tell whether a changed test would do something else than the released one.

    A test that was emptied, commented out or broken does nothing, which happens to people who want the rest to run. A
    test with added lines that only display something still does the same.

    Parameters
    ----------
    theirs, ours
        Source of the cell, as submitted and as released.
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
    """Yield a message for each changed entry of a cell's nbgrader metadata; missing entries are no change.

    Parameters
    ----------
    theirs, ours
        nbgrader metadata of the cell, as submitted and as released.
    """
    for name in _METADATA_WITH_EFFECT:
        if name in theirs and theirs[name] != ours.get(name):
            yield f"{name} set to {str(theirs[name])[:20]}" if name == "points" else f'its mark "{name}" changed'
