"""nbconvert exporter and markdown filters of the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets.config import Config

from bptt_instructor.grading.intake.sanitize_markdown import sanitize_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TEMPLATES = Path(__file__).parent / "template"


class FeedbackExporter(HTMLExporter):
    """Render ``resources["feedback"]`` with the template of this package.

    nbgrader sets a template for HTMLExporter wherever it makes feedback; the one set for this class takes precedence.
    """

    @property
    def default_config(self) -> Config:
        """Set the template."""
        return Config(
            {"FeedbackExporter": {"template_name": "bptt_feedback", "extra_template_basedirs": [str(TEMPLATES)]}}
        )

    def default_filters(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Add the template's own filters."""
        filters: Iterator[tuple[str, Callable[..., Any]]] = super().default_filters()  # type: ignore[no-untyped-call]
        yield from filters
        yield "prose", prose
        yield "points", points
        yield "inline", inline


class _PlainMathRenderer(IPythonRenderer):
    """Show formulas as they were typed: to typeset them, a page would have to fetch a program and run it."""

    def block_math(self, body: str) -> str:
        return f'<div class="formula">{self.escape_html(body.strip())}</div>'

    def inline_math(self, body: str) -> str:
        return f'<span class="formula">{self.escape_html(body)}</span>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")


def prose(source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Convert untrusted markdown to HTML.

    Parameters
    ----------
    source
        The markdown.
    attachments
        Images of the cell: by name, then base64 data by MIME type.
    """
    images = {name: dict(data) for name, data in (attachments or {}).items()}
    renderer = _PlainMathRenderer(escape=False, attachments=images, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(sanitize_markdown(source, images)))


def inline(source: str) -> str:
    """Convert a line of untrusted markdown to HTML without a paragraph around it, to stand in a heading."""
    return prose(source).strip().removeprefix("<p>").removesuffix("</p>")


def points(number: float) -> str:
    """Write a number of points with at most two decimals, and without trailing zeros."""
    return f"{round(number, 2):g}"
