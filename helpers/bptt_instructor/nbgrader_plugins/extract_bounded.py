"""Extractor plugin: bounded unzip of downloads."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from nbgrader.plugins import ExtractorPlugin

from bptt_instructor.lms.safe_unzip import ArchiveError, unpack


class ExtractBounded(ExtractorPlugin):  # type: ignore[misc]
    """Extractor plugin of ``nbgrader zip_collect``: unzip archives within bounds, copy other regular files.

    It takes the place of nbgrader's own, which unpacks archives of any size and at any depth.

    Attributes
    ----------
    left_out
        Why a file was left out, or an archive left packed, by its name in the download.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - whatever nbgrader configures it with
        super().__init__(**options)
        self.left_out: dict[str, str] = {}

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Extract all archives of a folder into another.

        Parameters
        ----------
        archive_path, extracted_path
            Paths of the two folders.
        """
        for path in sorted(Path(archive_path).iterdir()):
            try:
                if path.is_dir() or path.suffix.lower() == ".zip":
                    folder = path.name if path.is_dir() else path.stem
                    self.left_out |= unpack(path, Path(extracted_path) / folder)
                elif path.is_file():
                    shutil.copy2(path, extracted_path)
            except ArchiveError as error:
                self.parent.fail(str(error))
        for name, reason in self.left_out.items():
            self.log.warning("%s: %s", name, reason)
