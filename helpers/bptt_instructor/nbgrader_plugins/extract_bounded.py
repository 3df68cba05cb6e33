"""Extractor plugin: bounded unzip of downloads."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin

from bptt_instructor.lms.safe_unzip import ArchiveError, ExtractionBudget, unpack


class ExtractBounded(ExtractorPlugin):  # type: ignore[misc]
    """Extractor plugin of ``nbgrader zip_collect``: unzip archives within bounds, copy other regular files.

    It takes the place of nbgrader's own, which unpacks archives of any size and at any depth.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Extract all archives of a folder into another.

        Parameters
        ----------
        archive_path, extracted_path
            Paths of the two folders.
        """
        budget = ExtractionBudget()
        for path in sorted(Path(archive_path).iterdir()):
            try:
                if path.is_dir():
                    self._copy_folder(path, Path(extracted_path) / path.name)
                elif path.suffix.lower() == ".zip":
                    unpack(path, Path(extracted_path) / path.stem, budget)
                elif path.is_file():
                    shutil.copy2(path, extracted_path)
            except ArchiveError as error:
                self.parent.fail(str(error))

    def _copy_folder(self, folder: Path, into: Path) -> None:
        """Copy the regular files of a folder, such as an archive that a browser has unpacked."""
        for parent, _, names in os.walk(folder):
            for path in (Path(parent) / name for name in names):
                if path.is_file() and not path.is_symlink():
                    copy = into / path.relative_to(folder)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, copy)
