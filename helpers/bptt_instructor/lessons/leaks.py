"""Proof that what students get gives nothing away."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bptt_instructor.lessons.regions import hidden_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

# Arithmetic, a comparison or a call: code that computes, not merely names, unpacks or returns.
_COMPUTES = re.compile(r"[-+*/@%<>]|\w\(")
_FEW_WORDS = 4


@dataclass(frozen=True)
class Secret:
    """A piece of a line that students must not get.

    Parameters
    ----------
    region
        The kind of region that it comes from, such as ``SOLUTION``.
    piece
        Its code, or its prose.
    """

    region: str
    piece: str

    def __str__(self) -> str:
        """Say what it is."""
        return f"{self.region}: {self.piece}"


def secrets(source: NotebookNode) -> list[Secret]:
    """Return what the hidden lines of a lesson tell, each piece once.

    Code that computes nothing, such as ``return dxt, da_prev``, and prose of fewer than four words tell nothing and
    are passed over.

    Parameters
    ----------
    source
        The lesson with its solutions, hidden tests and mark schemes.
    """
    found = (
        Secret(region, piece)
        for cell in source.cells
        for region, line in hidden_lines(cell.source)
        for piece in _significant_parts(line, is_code=cell.cell_type == "code")
    )
    return list(dict.fromkeys(found))


def leaks(source: NotebookNode, released: NotebookNode) -> list[str]:
    """Return what students must not get and the released notebook contains all the same.

    The whole released notebook is searched, outputs and metadata too, whatever its white space, so a solution
    that was reindented or quoted in the text is found as well.

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
    given = SearchableText("\n".join(_texts(released)))
    return [str(secret) for secret in secrets(source) if given.line_of(secret)]


class SearchableText:
    """A text that is searched for many secrets.

    Parameters
    ----------
    text
        The text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._dense = "".join(text.split())

    def line_of(self, secret: Secret) -> int | None:
        """Return the number of the line on which a secret begins, whatever its white space; None when there is none."""
        # Rules out nearly all of them, a hundred times as quickly.
        if "".join(secret.piece.split()) not in self._dense:
            return None
        found = _pattern(secret.piece).search(self._text)
        return self._text.count("\n", 0, found.start()) + 1 if found else None


def parts(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the texts that a file consists of, each after the words that lead to it.

    Parameters
    ----------
    name
        The file's; a notebook is taken apart into its cells, so that line breaks and quotes are as people see them.
    text
        The file's content.

    Raises
    ------
    ValueError
        When a notebook is no JSON.
    """
    if not name.endswith(".ipynb"):
        yield "line", text
        return
    notebook = json.loads(text)
    cells = notebook.pop("cells", []) if isinstance(notebook, dict) else []
    for number, cell in enumerate(cells, start=1):
        source = cell.pop("source", "") if isinstance(cell, dict) else ""
        yield f"cell {number}, line", "\n".join(_texts(source))
        yield f"outputs or metadata of cell {number}, line", "\n".join(_texts(cell))
    yield "metadata of the notebook, line", "\n".join(_texts(notebook))


def _significant_parts(line: str, *, is_code: bool) -> Iterator[str]:
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
    elif isinstance(node, list) and all(isinstance(line, str) for line in node):
        # In a file, a text is a list of its lines.
        yield "\n".join(line.removesuffix("\n") for line in node)
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)
