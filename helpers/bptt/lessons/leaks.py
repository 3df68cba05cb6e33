"""Proof that a released notebook gives nothing away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bptt.lessons.regions import hidden_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

# Arithmetic, a comparison or a call: code that computes, not merely names, unpacks or returns.
_COMPUTES = re.compile(r"[-+*/@%<>]|\w\(")
_FEW_WORDS = 4


def leaks(source: NotebookNode, released: NotebookNode) -> list[str]:
    """Return what students must not get and the released notebook contains all the same.

    The whole released notebook is searched, outputs and metadata too, whatever its white space, so a solution
    that was reindented or quoted in the text is found as well. Code that computes nothing, such as
    ``return dxt, da_prev``, and prose of fewer than four words tell nothing and are passed over.

    Parameters
    ----------
    source
        The lesson with its solutions, hidden tests and mark schemes.
    released
        What students get: of the same lesson, or of any other one that must not give this one away.

    Returns
    -------
    list of str
        Each such piece of a line, after the kind of region that it comes from.
    """
    given = "\n".join(_texts(released))
    return [
        f"{region}: {piece}"
        for cell in source.cells
        for region, line in hidden_lines(cell.source)
        for piece in _telling_pieces(line, is_code=cell.cell_type == "code")
        if _pattern(piece).search(given)
    ]


def _telling_pieces(line: str, *, is_code: bool) -> Iterator[str]:
    code, _, prose = line.partition("#") if is_code else ("", "", line)
    if _COMPUTES.search(code):
        yield code.strip()
    if len(re.findall(r"\w+", prose)) >= _FEW_WORDS:
        yield prose.strip("# \t")


def _pattern(piece: str) -> re.Pattern[str]:
    tokens = re.findall(r"\w+|[^\w\s]", piece)
    before = r"(?<!\w)" if tokens[0].isidentifier() else ""
    after = r"(?!\w)" if re.match(r"\w", tokens[-1]) else ""
    return re.compile(before + r"\s*".join(map(re.escape, tokens)) + after)


def _texts(node: Any) -> Iterator[str]:  # noqa: ANN401 - a notebook is JSON, of any shape
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for child in node.values():
            yield from _texts(child)
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)
