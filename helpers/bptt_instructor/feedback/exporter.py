"""The exporter that writes a feedback page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets.config import Config

from bptt_instructor.grading.intake.sanitize_markdown import sanitize_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HERE = Path(__file__).parent / "template"


class FeedbackExporter(HTMLExporter):
    """What the step before it has gathered, by the template beside it.

    nbgrader sets the template of HTMLExporter, wherever it makes feedback; this class's own wins.
    """

    @property
    def default_config(self) -> Config:
        """Name the template."""
        return Config({"FeedbackExporter": {"template_name": "bptt_feedback", "extra_template_basedirs": [str(HERE)]}})

    def default_filters(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Add what the template writes with."""
        filters: Iterator[tuple[str, Callable[..., Any]]] = super().default_filters()  # type: ignore[no-untyped-call]
        yield from filters
        yield "prose", prose
        yield "points", points
        yield "inline", inline


class _Prose(IPythonRenderer):
    """Formulas as they were typed: to draw them, a page would have to fetch a program and run it."""

    def block_math(self, body: str) -> str:
        return f'<div class="formula">{self.escape_html(body.strip())}</div>'

    def inline_math(self, body: str) -> str:
        return f'<span class="formula">{self.escape_html(body)}</span>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")


def prose(source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Write markdown as HTML.

    Parameters
    ----------
    source
        As it was typed.
    attachments
        Pictures of the cell, by name.
    """
    known = {name: dict(kinds) for name, kinds in (attachments or {}).items()}
    renderer = _Prose(escape=False, attachments=known, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(sanitize_markdown(source, known)))


def inline(source: str) -> str:
    """Write a line of markdown as HTML that fits into a heading."""
    return prose(source).strip().removeprefix("<p>").removesuffix("</p>")


def points(number: float) -> str:
    """Write a number of points without needless digits."""
    return f"{round(number, 2):g}"
