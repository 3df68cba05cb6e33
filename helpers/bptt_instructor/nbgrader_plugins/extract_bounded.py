"""The step of ``nbgrader zip_collect`` that unpacks what was downloaded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin

from bptt_instructor.lms.safe_unzip import ArchiveError, ExtractionBudget, unpack


class ExtractBounded(ExtractorPlugin):  # type: ignore[misc]
    """Unpack zip archives, bounded, and copy all other regular files.

    It takes the place of nbgrader's own, which unpacks archives of any size, and archives in archives without end.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack all archives of a folder into another; an archive of nbgrader's own layout is one file in it.

        Parameters
        ----------
        archive_path, extracted_path
            The folders.
        """
        allowance = ExtractionBudget()
        for path in sorted(Path(archive_path).iterdir()):
            try:
                if path.is_dir():
                    self._copy(path, Path(extracted_path) / path.name)
                elif path.suffix.lower() == ".zip":
                    unpack(path, Path(extracted_path) / path.stem, allowance)
                elif path.is_file():
                    shutil.copy2(path, extracted_path)
            except ArchiveError as error:
                self.parent.fail(str(error))

    def _copy(self, folder: Path, into: Path) -> None:
        """Copy what a browser has unpacked by itself."""
        for where, _, names in os.walk(folder):
            for path in (Path(where) / name for name in names):
                if path.is_file() and not path.is_symlink():
                    copied = into / path.relative_to(folder)
                    copied.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, copied)
