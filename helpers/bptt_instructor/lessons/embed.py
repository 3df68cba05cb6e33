"""Embed the learner's package in a notebook's set-up cell, so that one file works anywhere.

A notebook that brings its helpers runs in any Jupyter with NumPy, Matplotlib and ipywidgets, without a network and
without an installation. What is handed in is that same file; grading drops the cell.
"""

from __future__ import annotations

import base64
import bz2
import io
import json
import re
import textwrap
import zipfile
from importlib import resources
from typing import TYPE_CHECKING

from bptt_instructor.lessons.write_bundle import reproducible_zip

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE_FOLDER = "helpers/bptt/"
"""Where the bundle has the learner's package."""
_LINE = 120
_HIDDEN = {"cellView": "form", "jupyter": {"source_hidden": True}, "_kg_hide-input": True, "tags": ["hide-input"]}
"""What hides a cell's code: in Colab, in JupyterLab and Notebook, in Kaggle, and in Jupyter Book."""
_BEFORE, _AFTER = (
    resources.files("bptt_instructor.lessons")
    .joinpath("set_up_cell.py.template")
    .read_text(encoding="utf-8")
    .strip()
    .split("PACKED")
)
_CODE = _BEFORE[_BEFORE.index("def ") :]
_SET_UP = re.compile(rf"(?:#.*\n)*{re.escape(_CODE)}([A-Za-z0-9+/=\s]*){re.escape(_AFTER)}")
"""Any such cell, whatever package it holds and whatever its comments say: code that does nothing where ``bptt`` is."""


def embed(notebook: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return a notebook that begins with a set-up cell. It has the same bytes whenever its parts have.

    Parameters
    ----------
    notebook
        A released notebook, of format 4.
    files
        The students' bundle, by path; of these, the learner's package is embedded.
    """
    content = json.loads(notebook)
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "set-up",
        "metadata": _HIDDEN,
        "outputs": [],
        "source": _source(files).splitlines(keepends=True),
    }
    content["cells"].insert(0, cell)
    return f"{json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)}\n".encode()


def _source(files: Mapping[str, bytes]) -> str:
    start = PACKAGE_FOLDER.index("/") + 1
    package = {name[start:]: content for name, content in files.items() if name.startswith(PACKAGE_FOLDER)}
    # bzip2 gives the same bytes everywhere; versions of zlib differ.
    packed = base64.b64encode(bz2.compress(reproducible_zip(package, folder=""))).decode("ascii")
    return _BEFORE + "\n".join(textwrap.wrap(packed, _LINE)) + _AFTER


def is_set_up(source: str) -> bool:
    """Tell whether a cell's source is that of a set-up cell, and nothing else."""
    return bool(_SET_UP.fullmatch(source.strip()))


def embedded_files(source: str) -> dict[str, str]:
    """Return the files in a set-up cell, by path; none for any other cell.

    Raises
    ------
    ValueError
        When its package cannot be unpacked, or has a file that is not text.
    """
    found = _SET_UP.fullmatch(source.strip())
    if not found:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(bz2.decompress(base64.b64decode(found[1])))) as archive:
            return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"the package of a set-up cell cannot be unpacked: {error}") from error
