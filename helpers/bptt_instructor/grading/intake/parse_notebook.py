"""Read a notebook file that anybody may have written: the text of its cells, and nothing that came with it."""

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

FORMAT = 4
MAX_JSON_BYTES = 30_000_000
"""Of a notebook without its outputs."""
MAX_CELLS = 2_000
MAX_HEADING_CHARACTERS = 80
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADING = re.compile(r"^#{1,2} +(.+)$", re.MULTILINE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def parse_notebook(data: bytes) -> list[NotebookNode]:
    """Return the cells of a notebook.

    A cell comes with its text, its id and what nbgrader has noted on it; markdown also with its pictures. Outputs, tags
    and all other metadata are left behind.

    Parameters
    ----------
    data
        The file.

    Raises
    ------
    UngradableError
        When it is no notebook that can be graded.
    """
    notebook = _parse_json(data)
    cells = notebook.get("cells")
    version = notebook.get("nbformat")
    if type(version) is int and version != FORMAT:
        older = "older than 4: open it in JupyterLab, save it, and hand it in again"
        raise _unreadable(f"of notebook format {version}, {older if version < FORMAT else 'which nobody knows yet'}")
    if type(version) is not int or type(cells) is not list:
        raise _unreadable(f"damaged: it has no {'notebook format' if type(version) is not int else 'list of cells'}")
    if len(cells) > MAX_CELLS:
        raise _unreadable(f"more than {MAX_CELLS:,} cells")
    return _with_unique_ids([_clean_cell(cell, number) for number, cell in enumerate(cells, start=1)])


def heading(cells: list[NotebookNode]) -> str:
    """Return the first heading of a notebook; empty when it has none."""
    for cell in cells:
        found = _HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if found:
            return found[1].strip()[:MAX_HEADING_CHARACTERS]
    return ""


def _parse_json(data: bytes) -> dict[str, Any]:
    # Text of two bytes a character; the mark in front says so.
    wide = data.startswith(_UTF16)
    data = data if wide or len(data) <= MAX_JSON_BYTES else strip_outputs(data)
    if len(data) > MAX_JSON_BYTES:
        raise _unreadable(f"larger than {MAX_JSON_BYTES // 1_000_000} MB, even without its outputs")
    begins = _beginning(data)
    try:
        text = data.decode("utf-16" if wide else "utf-8", "surrogatepass").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if data.lstrip().startswith(b"{"):
            begins = f"byte {error.start} is no text in UTF-8. Save it in JupyterLab, and hand it in again"
        raise _unreadable(f"not a notebook: {begins}") from error
    try:
        notebook = json.loads(text, object_hook=_drop_outputs, parse_int=_truncated_int)
    except RecursionError as error:
        raise _unreadable("damaged: its parts are nested too deeply") from error
    except ValueError as error:
        raise _unreadable(f"{'damaged' if text.lstrip().startswith('{') else 'not a notebook'}: {begins}") from error
    if type(notebook) is not dict:
        raise _unreadable(f"not a notebook: {begins}")
    return notebook


def _beginning(data: bytes) -> str:
    start = data[:20].decode("utf-8", "replace").split("\n")[0].strip()
    return f"the file begins with {start!r}" if start else "the file is empty"


def _drop_outputs(part: dict[str, Any]) -> dict[str, Any]:
    part.pop("outputs", None)
    return part


def _truncated_int(digits: str) -> int:
    # Python refuses thousands of digits, and no number here needs more than a few.
    return int(digits[:10])


def _clean_cell(cell: Any, number: int) -> NotebookNode:  # noqa: ANN401 - whatever the file says
    if type(cell) is not dict:
        raise _unreadable(f"damaged: cell {number} is none")
    lines = cell.get("source", "")
    source = "".join(lines) if type(lines) is list and all(type(line) is str for line in lines) else lines
    if type(source) is not str:
        raise _unreadable(f"damaged: cell {number} has something else than text in it")
    kind, metadata = cell.get("cell_type"), cell.get("metadata")
    # nbformat's own functions for this check each cell by its schema, which takes a thousand times as long.
    made: NotebookNode = from_dict(
        {"cell_type": "raw", "metadata": {}, "source": _repair_surrogates(source), "id": cell.get("id")}
    )
    if kind in {"code", "markdown"}:
        made.cell_type = kind
    if kind == "code":
        made.update(execution_count=None, outputs=[])
    attachments = image_attachments(cell.get("attachments")) if kind == "markdown" else {}
    if attachments:
        made.attachments = attachments
    noted = metadata.get("nbgrader") if type(metadata) is dict else None
    if type(noted) is dict and noted:
        made.metadata["nbgrader"] = noted
    return made


def _repair_surrogates(text: str) -> str:
    """Join halves of characters, and put a sign in place of those that have lost the other half."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _with_unique_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Give each cell an id of its own: older notebooks have none, and copies have the same."""
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        if type(cell.id) is not str or not _ID.fullmatch(cell.id) or cell.id in seen:
            cell.id = next(made for made in (f"cell-{number}", f"cell-{number}-again") if made not in seen)
        seen.add(cell.id)
    return cells


def _unreadable(reason: str) -> UngradableError:
    return UngradableError(Status.UNREADABLE, reason)
