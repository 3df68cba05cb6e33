"""SVG charts of points and of misconceptions over time.

Lines and text have the text colour of the page, light or dark.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from bptt.check.report_html import FAILED, PASSED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bptt_instructor.class_report.counts import ExerciseCount, Misconception, Period

INK = "#0a0b0c"
"""Stands for the page's text colour, which replaces it in the SVG."""
FONT = "DejaVu Sans"
"""Comes with Matplotlib, and is wider than the fonts of browsers: a text that fits in it fits in them."""
PARTIAL, WAITING, EDGE = "#b5dcf4", "#d5d8dc", "#5c6470"
GREY = "#8b919a"
WIDTH_INCHES = 7.4
ROW_INCHES = 0.34
LINE_STYLES = (
    ("#2b8cce", "-", "o"),
    ("#D55E00", "--", "s"),
    ("#009E73", "-.", "^"),
    ("#CC79A7", ":", "D"),
    ("#E69F00", (0, (7, 2)), "v"),
)
"""Colour, line style and marker of each mistake over time: more than five lines cannot be told apart."""

RC: Any = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": FONT,
    "font.size": 9,
    "hatch.color": EDGE,
    "hatch.linewidth": 0.4,
    "svg.fonttype": "none",
    "svg.hashsalt": "class report",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def draw_points(counted: Sequence[ExerciseCount]) -> str:
    """Draw how many students have full points, some or none in each exercise, as stacked bars.

    Parameters
    ----------
    counted
        The exercises of one lesson, from top to bottom.

    Returns
    -------
    str
        The chart as an SVG element.
    """
    kinds = (
        ("full points", [each.full for each in counted], PASSED, ""),
        ("some", [each.some for each in counted], PARTIAL, "////"),
        ("none yet", [each.none for each in counted], FAILED, ""),
        ("waits for a person", [each.waiting for each in counted], WAITING, "\\\\\\\\"),
    )
    with mpl.rc_context(RC):
        figure = Figure((WIDTH_INCHES, 0.75 + ROW_INCHES * len(counted)), layout="constrained")
        axes = figure.subplots()
        places = range(len(counted))
        lefts = [0] * len(counted)
        students = max(sum(each) for each in zip(*(numbers for _, numbers, _, _ in kinds), strict=True))
        for name, numbers, colour, hatch in kinds:
            if not any(numbers):
                continue
            axes.barh(
                places, numbers, left=lefts, height=0.72, label=name,
                color=colour, hatch=hatch, edgecolor=EDGE, linewidth=0.4,
            )  # fmt: skip
            _label_bars(axes, lefts, numbers, students)
            lefts = [left + number for left, number in zip(lefts, numbers, strict=True)]
        axes.set_yticks(places, [f"{each.name}  ({each.possible:g})" for each in counted])
        axes.invert_yaxis()
        axes.set_xlim(0, students or 1)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("students")
        axes.tick_params(length=2)
        figure.legend(loc="outside upper left", ncols=4, frameon=False, handlelength=1.4, columnspacing=1.4)
        return _svg(figure)


MIN_LABELLED_SHARE = 0.035
"""Share of the axis above which a part of a bar has room for its number."""


def _label_bars(axes: Any, lefts: Sequence[int], numbers: Sequence[int], students: int) -> None:  # noqa: ANN401
    for place, (left, number) in enumerate(zip(lefts, numbers, strict=True)):
        if number > MIN_LABELLED_SHARE * students:
            axes.text(
                left + number / 2, place, f"{number}", ha="center", va="center", fontsize=8, color="#111111",
                bbox={"facecolor": "#ffffff", "alpha": 0.75, "edgecolor": "none", "boxstyle": "round,pad=0.12"},
            )  # fmt: skip


def draw_over_time(counted: Sequence[Period], length: timedelta, mistakes: Sequence[Misconception]) -> str:
    """Draw the share of submissions that have each of the commonest mistakes, by day or by week.

    Parameters
    ----------
    counted
        The periods, two at least.
    length
        Length of a period: a day or a week.
    mistakes
        All known mistakes that were found, the commonest first.

    Returns
    -------
    str
        The chart as an SVG element.
    """
    with mpl.rc_context(RC):
        figure = Figure((WIDTH_INCHES, 3.4), layout="constrained")
        above, below = figure.subplots(2, sharex=True, height_ratios=(3, 1))
        names = [f"{each.begins:%d %b}".lstrip("0") for each in counted]
        places = range(len(counted))
        for mistake, (colour, line, marker) in zip(mistakes, LINE_STYLES, strict=False):
            shares = [each.mistake_counts.get(mistake.id, 0) / each.submissions for each in counted]
            above.plot(
                places, shares, color=colour, linestyle=line, marker=marker, markersize=4.5, linewidth=1.6,
                label=f"{mistake.number}", clip_on=False,
            )  # fmt: skip
        above.set_ylim(bottom=0)
        above.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        above.set_ylabel("of what came in")
        above.legend(
            title="mistake", loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, handlelength=3, fontsize=9
        )
        below.bar(places, [each.submissions for each in counted], width=0.7, color=f"{GREY}99")
        below.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        below.set_ylabel("submissions")
        step = 1 + len(counted) // 14
        below.set_xticks(list(places)[::step], names[::step])
        below.set_xlabel("handed in on" if length.days == 1 else "handed in, in the week of")
        for axes in (above, below):
            axes.tick_params(length=2)
        return _svg(figure)


def _svg(figure: Figure) -> str:
    FigureCanvasSVG(figure)
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    text = file.getvalue()
    return text[text.index("<svg") :].replace(INK, "currentColor").replace(f"'{FONT}'", "system-ui, sans-serif")
