"""``Report``: ``ReportData`` that displays itself in notebook and terminal."""

from bptt.check.findings import REPORT_MIME, ReportData
from bptt.wording import printable


class Report(ReportData):
    """Result of one check that displays itself as text and as HTML; its fields are those of ``ReportData``."""

    def __str__(self) -> str:
        """Return the report as text, in characters that can be printed here."""
        from bptt.check.report_text import as_text  # noqa: PLC0415 - loaded when a report is shown, not with each lesson

        return printable(as_text(self))

    __repr__ = __str__

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        from bptt.check.report_html import as_html  # noqa: PLC0415 - as above

        return {"text/plain": str(self), "text/html": as_html(self), REPORT_MIME: self.as_dict()}

    def _ipython_display_(self) -> None:
        # Displayed instead of returned as the cell's value, which nbgrader reads as points.
        from IPython.display import display  # noqa: PLC0415 - only there in a notebook

        display(self._repr_mimebundle_(), raw=True)
