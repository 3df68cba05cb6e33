"""Export plugins of ``nbgrader export`` (Canvas, Moodle, CSV); they write what ``bptt export`` writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from bptt_instructor.export.marks import read_marks
from bptt_instructor.export.write_grades import write_grades

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class _Exporter(ExportPlugin):  # type: ignore[misc]
    """Export plugin that writes ``file`` in one of the layouts of ``bptt export``."""

    layout = ""
    file = ""

    missing_as_zero = Bool(default_value=False, help="Give 0 points to students who handed in nothing.").tag(
        config=True
    )

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of a class into the file that ``--to`` names."""
        to = Path(self.to or self.file)
        grades = read_marks(gradebook, [str(name) for name in self.assignment], [str(name) for name in self.student])
        for warning in write_grades(grades, self.layout, to, missing_as_zero=self.missing_as_zero):
            self.log.warning(warning)
        self.log.info("Wrote %s", to)


class ExportForCanvas(_Exporter):
    """Export plugin: CSV for the import in Canvas' gradebook."""

    layout, file = "canvas", "grades-canvas.csv"


class ExportForMoodle(_Exporter):
    """Export plugin: CSV for Moodle's grade import."""

    layout, file = "moodle", "grades-moodle.csv"


class ExportAsCsv(_Exporter):
    """Export plugin: CSV for a spreadsheet.

    It takes the place of nbgrader's own, which does not quote: a comma in a name shifts its columns.
    """

    layout, file = "csv", "grades.csv"
