"""Strict notebook parser: cell sources, ids and nbgrader metadata only."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from nbformat import NotebookNode, from_dict

from bptt_instructor.grading.intake.errors import UngradableError
from bptt_instructor.grading.intake.sanitize_markdown import image_attachments
from bptt_instructor.grading.intake.strip_outputs import strip_outputs
from bptt_instructor.grading.models.grade_row import Status
from bptt_instructor.grading.text import writable

NBFORMAT = 4
MAX_JSON_BYTES = 30_000_000
"""Size of a notebook without its outputs."""
MAX_JSON_SIGNS = 2_000_000
"""Brackets, braces, commas and colons outside of strings: as Python objects, each takes up to 64 bytes."""
MAX_CELLS = 2_000
MAX_HEADING_CHARACTERS = 80
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADING = re.compile(r"^#{1,2} ++(.+)$", re.MULTILINE)
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_MARKS: dict[str, type | tuple[type, ...]] = {
    "grade": bool,
    "solution": bool,
    "locked": bool,
    "task": bool,
    "points": (int, float),
    "grade_id": str,
}
"""nbgrader metadata that is read, with its types."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def parse_notebook(data: bytes) -> list[NotebookNode]:
    """Parse a notebook file into cells.

    A cell keeps its source, its id and its nbgrader metadata, and a markdown cell its attached images. Outputs, tags
    and all other metadata are dropped.

    Parameters
    ----------
    data
        Content of the file; not trusted.

    Returns
    -------
    list of NotebookNode
        Cells of nbformat 4.5, each with a different id.

    Raises
    ------
    UngradableError
        When the file is not a notebook that can be graded.
    """
    notebook = _parse_json(data)
    cells = notebook.get("cells")
    version = notebook.get("nbformat")
    if type(version) is int and version != NBFORMAT:
        older = "older than 4: open it in JupyterLab, save it, and hand it in again"
        raise _unreadable(f"of notebook format {version}, {older if version < NBFORMAT else 'which nobody knows yet'}")
    if type(version) is not int or type(cells) is not list:
        raise _unreadable(f"damaged: it has no {'notebook format' if type(version) is not int else 'list of cells'}")
    if len(cells) > MAX_CELLS:
        raise _unreadable(f"more than {MAX_CELLS:,} cells")
    return _with_unique_ids([_clean_cell(cell, number) for number, cell in enumerate(cells, start=1)])


def heading(cells: list[NotebookNode]) -> str:
    """Return the text of the first heading of level 1 or 2; empty when there is none."""
    for cell in cells:
        first = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if first:
            return first[1].strip()[:MAX_HEADING_CHARACTERS]
    return ""


def _parse_json(data: bytes) -> dict[str, Any]:
    is_utf16 = data.startswith(_UTF16)
    data = data if is_utf16 or len(data) <= MAX_JSON_BYTES else strip_outputs(data)
    if len(data) > MAX_JSON_BYTES:
        raise _unreadable(f"larger than {MAX_JSON_BYTES // 1_000_000} MB, even without its outputs")
    detail = _beginning(data)
    ends_early = _unreadable("the file ends too early: upload it again")
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8", "surrogatepass").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise ends_early from error
        if data.lstrip().startswith(b"{"):
            detail = f"byte {error.start} is not text in UTF-8. Save it in JupyterLab, and hand it in again"
        raise _unreadable(f"not a notebook: {detail}") from error
    if _has_too_many_signs(text):
        raise _unreadable(
            f"more than {MAX_JSON_SIGNS:,} values besides outputs: save it without widgets' state, and hand it in again"
        )
    try:
        notebook = json.loads(text, object_hook=_drop_outputs, parse_int=_truncated_int)
    except RecursionError as error:
        raise _unreadable("damaged: its parts are nested too deeply") from error
    except ValueError as error:
        if text.lstrip().startswith("{") and _is_cut_off(text.rstrip(), error):
            raise ends_early from error
        raise _unreadable(f"{'damaged' if text.lstrip().startswith('{') else 'not a notebook'}: {detail}") from error
    if type(notebook) is not dict:
        raise _unreadable(f"not a notebook: {detail}")
    return notebook


def _beginning(data: bytes) -> str:
    start = data[:20].decode("utf-8", "replace").split("\n")[0].strip()
    return f"the file begins with {start!r}" if start else "the file is empty"


def _has_too_many_signs(text: str) -> bool:
    def count(where: str) -> int:
        return sum(map(where.count, "[{,:"))

    return count(text) > MAX_JSON_SIGNS and count(_STRING.sub("", text)) > MAX_JSON_SIGNS


def _is_cut_off(text: str, error: ValueError) -> bool:
    """Tell whether what the parser misses is the end of the file."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    # The last word may be cut, such as "fals", and the parser points to its beginning.
    in_last_word = error.pos >= len(text) - len("false") - 1
    return in_last_word or (error.msg.startswith("Unterminated") and not text.endswith("}"))


def _drop_outputs(part: dict[str, Any]) -> dict[str, Any]:
    part.pop("outputs", None)
    return part


def _truncated_int(digits: str) -> int:
    # Python refuses to convert thousands of digits, and no number in a notebook needs more than a few.
    return int(digits[:10])


def _clean_cell(cell: Any, number: int) -> NotebookNode:  # noqa: ANN401 - whatever the file says
    if type(cell) is not dict:
        raise _unreadable(f"damaged: cell {number} is none")
    lines = cell.get("source", "")
    source = "".join(lines) if type(lines) is list and all(type(line) is str for line in lines) else lines
    if type(source) is not str:
        raise _unreadable(f"damaged: cell {number} has something other than text in it")
    kind, metadata = cell.get("cell_type"), cell.get("metadata")
    # nbformat's own constructors validate each cell against the schema, which takes a thousand times as long.
    clean: NotebookNode = from_dict({"cell_type": "raw", "metadata": {}, "source": _plain_text(source), "id": ""})
    if type(cell.get("id")) is str:
        clean.id = cell["id"]
    if kind in {"code", "markdown"}:
        clean.cell_type = kind
    if kind == "code":
        clean.update(execution_count=None, outputs=[])
    attachments = image_attachments(cell.get("attachments")) if kind == "markdown" else {}
    if attachments:
        clean.attachments = attachments
    nbgrader = metadata.get("nbgrader") if type(metadata) is dict else None
    if type(nbgrader) is dict:
        marks = {name: nbgrader[name] for name, kinds in _MARKS.items() if isinstance(nbgrader.get(name), kinds)}
        if marks:
            clean.metadata["nbgrader"] = from_dict(marks)
        if "grade_id" in marks:
            clean.metadata.nbgrader.grade_id = writable(marks["grade_id"])
    return clean


def _plain_text(source: str) -> str:
    """Return a source without what systems put into a text unseen: a mark at its start, and their own line ends."""
    # A file that was translated for Windows twice has two carriage returns at each line's end.
    for end in ("\r\r\n", "\r\n", "\r"):
        source = source.replace(end, "\n")
    return writable(source.removeprefix("\ufeff"))


def _with_unique_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Replace missing and repeated ids: notebooks before nbformat 4.5 have none, and copied cells share one."""
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        if not _ID.fullmatch(cell.id) or cell.id in seen:
            names = (f"cell-{number}{again}" for again in ("", *(f"-{n}" for n in range(len(cells)))))
            cell.id = next(new for new in names if new not in seen)
        seen.add(cell.id)
    return cells


def _unreadable(reason: str) -> UngradableError:
    return UngradableError(Status.UNREADABLE, reason)
