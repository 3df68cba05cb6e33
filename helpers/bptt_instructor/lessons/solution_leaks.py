"""Find text of hidden regions in what students get."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bptt_instructor.lessons.embed import embedded_files
from bptt_instructor.lessons.regions import hidden_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

# Arithmetic, a comparison or a call: code that computes something, and does not merely name, unpack or return it.
_COMPUTATION = re.compile(r"[-+*/@%<>]|\w\(")
_MIN_WORDS = 4


@dataclass(frozen=True)
class Secret:
    """Part of a hidden line that students must not get.

    Attributes
    ----------
    region
        Kind of the region that it stands in, such as ``SOLUTION``.
    piece
        Its code, or its comment or prose.
    """

    region: str
    piece: str

    def __str__(self) -> str:
        """Return region and text, as in a message."""
        return f"{self.region}: {self.piece}"


def secrets(source: NotebookNode) -> list[Secret]:
    """Return the significant parts of a lesson's hidden lines, each once.

    Code that computes nothing, such as ``return dxt, da_prev``, and prose of fewer than four words give nothing away
    and are left out.

    Parameters
    ----------
    source
        The source notebook, with solutions, hidden tests and mark schemes.
    """
    parts = (
        Secret(region, piece)
        for cell in source.cells
        for region, line in hidden_lines(cell.source)
        for piece in _significant_parts(line, is_code=cell.cell_type == "code")
    )
    return list(dict.fromkeys(parts))


def leaks(source: NotebookNode, released: NotebookNode) -> list[str]:
    """Return the secrets of a lesson that a released notebook contains.

    The whole released notebook is searched, outputs and metadata too, whatever its white space, so a solution
    that was reindented or quoted in the text is found as well.

    Parameters
    ----------
    source
        The source notebook, with solutions, hidden tests and mark schemes.
    released
        Released notebook of this lesson, or of another one that must not give it away.

    Returns
    -------
    list of str
        Region and text of each secret found.
    """
    text = SearchableText("\n".join(_strings(released)))
    return [str(secret) for secret in secrets(source) if text.line_of(secret)]


class SearchableText:
    """Text that can be searched for many secrets.

    Parameters
    ----------
    text
        What to search.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._without_spaces = "".join(text.split())

    def line_of(self, secret: Secret) -> int | None:
        """Return the line number at which a secret begins, whatever the white space; None when it is not there."""
        # This test is a hundred times faster than the pattern, and rules out nearly all secrets.
        if "".join(secret.piece.split()) not in self._without_spaces:
            return None
        found = _pattern(secret.piece).search(self._text)
        return self._text.count("\n", 0, found.start()) + 1 if found else None


def file_texts(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a file, each after the words that say where it is, such as ``cell 3, line``.

    Parameters
    ----------
    name
        Name of the file. A notebook, by the ending ``.ipynb``, gives one text per cell, without the escapes of JSON,
        and for a set-up cell one per file of the package in it.
    text
        Content of the file.

    Raises
    ------
    ValueError
        When a notebook is not JSON, or the package in its set-up cell cannot be unpacked.
    """
    if not name.endswith(".ipynb"):
        yield "line", text
        return
    notebook = json.loads(text)
    cells = notebook.pop("cells", []) if isinstance(notebook, dict) else []
    for number, cell in enumerate(cells, start=1):
        source = cell.pop("source", "") if isinstance(cell, dict) else ""
        lines = "\n".join(_strings(source))
        embedded = embedded_files(lines)
        yield from ((f"{path} in cell {number}, line", content) for path, content in embedded.items())
        if not embedded:
            yield f"cell {number}, line", lines
        yield f"outputs or metadata of cell {number}, line", "\n".join(_strings(cell))
    yield "metadata of the notebook, line", "\n".join(_strings(notebook))


def _significant_parts(line: str, *, is_code: bool) -> Iterator[str]:
    code, _, prose = line.partition("#") if is_code else ("", "", line)
    if _COMPUTATION.search(code):
        yield code.strip()
    if len(re.findall(r"\w+", prose)) >= _MIN_WORDS:
        yield prose.strip("# \t")


def _pattern(piece: str) -> re.Pattern[str]:
    tokens = re.findall(r"\w+|[^\w\s]", piece)
    before = r"(?<!\w)" if tokens[0].isidentifier() else ""
    after = r"(?!\w)" if re.match(r"\w", tokens[-1]) else ""
    return re.compile(before + r"\s*".join(map(re.escape, tokens)) + after)


def _strings(node: Any) -> Iterator[str]:  # noqa: ANN401 - a notebook is JSON, of any shape
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for child in node.values():
            yield from _strings(child)
    elif isinstance(node, list) and all(isinstance(line, str) for line in node):
        # Notebook files store a text as a list of its lines.
        yield "\n".join(line.removesuffix("\n") for line in node)
    elif isinstance(node, list):
        for child in node:
            yield from _strings(child)
