"""Write the bundle as a folder or as a reproducible zip."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOP_FOLDER = "bptt-course"
"""Folder in the archive that holds all files, so that unpacking scatters nothing."""
_FIXED_TIME = (2020, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16  # external_attr holds a Unix mode in its upper half
_UNIX = 3


def write_bundle(files: Mapping[str, bytes], to: Path) -> None:
    """Write the bundle into an archive when the name ends in ``.zip``, else into a folder.

    Parameters
    ----------
    files
        Content by path, relative to the bundle.
    to
        Path of an archive, which is replaced, or of a folder that does not exist, or holds nothing but these files.

    Raises
    ------
    FileExistsError
        When the path is that of a folder with other files in it, or of a file.
    """
    if to.suffix == ".zip":
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(reproducible_zip(files))
        return
    existing = {path.relative_to(to).as_posix(): path for path in to.rglob("*") if not path.is_dir()}
    if to.is_file() or any(name not in files or path.read_bytes() != files[name] for name, path in existing.items()):
        raise FileExistsError(to)
    for name, content in files.items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def reproducible_zip(files: Mapping[str, bytes], folder: str = f"{TOP_FOLDER}/") -> bytes:
    """Return a zip archive that has the same bytes whenever the files have.

    Parameters
    ----------
    files
        Content by path.
    folder
        In the archive, with a slash at its end.
    """
    buffer = io.BytesIO()
    # Stored, not compressed: versions of zlib differ in the bytes that they give.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}{name}", _FIXED_TIME)
            entry.external_attr = _REGULAR_FILE
            entry.create_system = _UNIX
            archive.writestr(entry, files[name])
    return buffer.getvalue()
