"""Write what students get: as a folder, or as one archive that is the same byte for byte each time."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOP = "bptt-course"
"""The one folder in the archive, so that unpacking scatters nothing."""
_ANY_TIME = (2020, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


def write_bundle(files: Mapping[str, bytes], to: Path) -> None:
    """Write files into an archive when the name ends in ``.zip``, else into a folder.

    Parameters
    ----------
    files
        Content by path.
    to
        An archive, which is replaced, or a folder that is empty or not there yet.

    Raises
    ------
    FileExistsError
        When the folder is not empty, or a file.
    """
    if to.suffix == ".zip":
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(reproducible_zip(files))
        return
    if to.exists() and not (to.is_dir() and not any(to.iterdir())):
        raise FileExistsError(to)
    for name, content in files.items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def reproducible_zip(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files."""
    packed = io.BytesIO()
    # Not compressed: two versions of zlib do not give the same bytes.
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as written:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{TOP}/{name}", _ANY_TIME)
            entry.external_attr = _PLAIN_FILE
            entry.create_system = _UNIX
            written.writestr(entry, files[name])
    return packed.getvalue()
