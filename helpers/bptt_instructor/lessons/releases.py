"""Record of what students were given: ``releases/LESSON.json`` has the named cells of every release of a lesson.

A lesson changes after students have it, and their notebooks stay. So every build, every bundle and the first grading
keep what they find. The file holds nothing that students do not have. It belongs to the course: commit it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

FOLDER = "releases"
MAX_RELEASES = 100
"""Releases of a lesson that are kept, the latest ones."""
_MARKS = ("points", "grade", "solution", "locked", "task")


def named_cells(notebook: bytes) -> dict[str, dict[str, Any]]:
    """Return type, source and marks of each cell with a ``grade_id``.

    Parameters
    ----------
    notebook
        Content of a released notebook.
    """
    cells = {}
    for cell in json.loads(notebook)["cells"]:
        meta = cell["metadata"].get("nbgrader", {})
        if "grade_id" in meta:
            marks = {mark: meta[mark] for mark in _MARKS if mark in meta}
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            cells[meta["grade_id"]] = {"cell_type": cell["cell_type"], "source": source, **marks}
    return cells


def read_releases(course: Path, lesson: str) -> dict[str, Any]:
    """Return the record of a lesson; one without releases when there is none that can be read.

    Parameters
    ----------
    course
        The folder of ``nbgrader_config.py``.
    lesson
        Name of the lesson.
    """
    record = None
    with suppress(OSError, ValueError):
        record = json.loads((course / FOLDER / f"{lesson}.json").read_text(encoding="utf-8"))
    return record if isinstance(record, dict) and "releases" in record else {"complete": False, "releases": []}


def earlier_releases(course: Path, lesson: str, released: bytes) -> bytes:
    """Return the record as JSON, without the release that is given.

    Parameters
    ----------
    course, lesson
        As for :func:`read_releases`.
    released
        Content of the released notebook of today.
    """
    record, today = read_releases(course, lesson), named_cells(released)
    others = [release["cells"] for release in record["releases"] if release["cells"] != today]
    return json.dumps({"complete": record["complete"], "releases": others}).encode()


def record_release(course: Path, lesson: str, released: bytes, *, first: bool = False) -> None:
    """Add a released notebook to the record, unless it is there. The file is replaced as a whole.

    Parameters
    ----------
    course, lesson
        As for :func:`read_releases`.
    released
        Content of the notebook.
    first
        Whether nothing was released before it. Only then is the record complete, if it begins here.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    record, cells = read_releases(course, lesson), named_cells(released)
    if any(release["cells"] == cells for release in record["releases"]):
        return
    complete = record["complete"] if record["releases"] else first
    release = {"notebook": hashlib.sha256(released).hexdigest(), "cells": cells}
    path = course / FOLDER / f"{lesson}.json"
    path.parent.mkdir(exist_ok=True)
    releases = [*record["releases"], release][-MAX_RELEASES:]
    text = json.dumps({"complete": complete, "releases": releases}, indent=1, ensure_ascii=False)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{lesson}")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(f"{text}\n")
        Path(scratch).chmod(0o644)
        Path(scratch).replace(path)
    except OSError:
        Path(scratch).unlink(missing_ok=True)
        raise
