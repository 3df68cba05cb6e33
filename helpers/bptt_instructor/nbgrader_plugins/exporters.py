"""What ``nbgrader export`` can write: the same as ``bptt export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from bptt_instructor.export.marks import read_marks
from bptt_instructor.export.write import write_grades

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class _Exporter(ExportPlugin):  # type: ignore[misc]
    layout = ""
    file = ""

    missing_as_zero = Bool(default_value=False, help="Give 0 points to whoever handed in nothing.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that ``--to`` names."""
        to = Path(self.to or self.file)
        found = read_marks(gradebook, [str(one) for one in self.assignment], [str(one) for one in self.student])
        for remark in write_grades(found, self.layout, to, missing_as_zero=self.missing_as_zero):
            self.log.warning(remark)
        self.log.info("Wrote %s", to)


class ExportForCanvas(_Exporter):
    """For the import in Canvas' gradebook."""

    layout, file = "canvas", "grades-canvas.csv"


class ExportForMoodle(_Exporter):
    """For Moodle's grade import."""

    layout, file = "moodle", "grades-moodle.csv"


class ExportAsCsv(_Exporter):
    """For a spreadsheet. It takes the place of nbgrader's own, which breaks at a comma in a name."""

    layout, file = "csv", "grades.csv"
