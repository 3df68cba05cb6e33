"""Render a report as HTML, for notebooks and for feedback pages.

Plain strings and inline styles, because a template engine takes longer to import than a check may run, and notebook
frontends remove style sheets from outputs. Colours are translucent, so that they fit light and dark themes.
"""

from collections.abc import Iterable
from html import escape

import numpy as np

from bptt.check.findings import Cause, Finding, Impulse, ReportData
from bptt.check.report_text import alternatives_sentence, fold, footer, printed_lines
from bptt.check.tolerance import NOTHING, TOLERANCE
from bptt.types import Array
from bptt.wording import join_names

PASSED, FAILED = "#56B4E9", "#D55E00"
YOURS, EXACT = "#CC79A7", "#808080"
PLAIN_ROW = 'style="background:transparent"'
"""Removes the stripes that notebook frontends put behind tables."""
CELL_STYLE = "min-width:1.5em;width:1.5em;height:1.5em;padding:0"
SEQUENCE_AXES = ("feature", "example", "step")
MAX_TABLE_LENGTH = 8
"""Most rows and columns of an array that is shown as a table of numbers."""


def as_html(report: ReportData) -> str:
    """Render a report as one HTML element."""
    colour = PASSED if report.passed else EXACT if report.undecided else FAILED
    parts = [
        _headline(report),
        *(_cause(cause) for cause in report.causes),
        _where_to_look(report.where_to_look),
        _impulse(report.impulse, report.impulse_sentence) if report.impulse else "",
        *_findings(report),
        _note_list(report.notes),
        _printed_block(report),
        "".join(f'<footer style="opacity:.75;margin-top:.5em">{escape(line)}</footer>' for line in footer(report)),
    ]
    return (
        f'<div role="status" style="border-left:5px solid {colour};padding:.5em 1em;margin:.4em 0;max-width:52em;'
        f'line-height:1.5">{"".join(parts)}</div>'
    )


def _headline(report: ReportData) -> str:
    whole = any(finding.gradient is None for finding in report.findings)
    chips = "" if whole else "".join(_chip(name, name not in report.wrong) for name in report.graded)
    stops = "stops with an error" if report.findings and report.findings[0].kind == "raised" else ""
    return (
        f'<div style="display:flex;flex-wrap:wrap;gap:.5em;align-items:baseline"><b>{report.mark} '
        f"<code>{report.exercise}</code></b>{chips}{stops}</div>"
    )


def _chip(name: str, right: bool) -> str:  # noqa: FBT001 - private, read once
    colour, word = (PASSED, "right") if right else (FAILED, "not right yet")
    mark = "\N{CHECK MARK}" if right else "\N{BALLOT X}"
    return (
        f'<span title="{word}" style="border:1.5px solid {colour};border-radius:1em;padding:0 .7em;white-space:nowrap">'
        f"{mark} {name}</span>"
    )


def _cause(cause: Cause) -> str:
    where = f" <span style='opacity:.75'>({join_names(cause.gradients)})</span>" if cause.gradients else ""
    same = f"<br>{escape(alternatives_sentence(cause))}" if cause.alternatives else ""
    return (
        f'<div style="margin:.7em 0;padding:.5em .9em;background:{FAILED}1c;border-radius:.4em">'
        f"<b>{escape(cause.title)}</b>{where}<br>{escape(cause.explanation)}{same}</div>"
    )


def _where_to_look(text: str) -> str:
    if not text:
        return ""
    return (
        f'<div style="margin:.7em 0;padding:.5em .9em;background:{EXACT}22;border-radius:.4em"><b>Where to look</b><br>'
        f"{escape(text)}</div>"
    )


def _findings(report: ReportData) -> list[str]:
    shown, folded = fold(report.told)
    first = [
        _finding(finding, opened=not (report.causes or report.where_to_look or i)) for i, finding in enumerate(shown)
    ]
    if not folded:
        return first
    others = "".join(_finding(finding, opened=False) for finding in folded)
    names = join_names(str(finding.gradient) for finding in folded)
    summary = f'<summary style="cursor:pointer">Likewise wrong: {names}</summary>'
    return [*first, f'<details style="margin-top:.4em">{summary}{others}</details>']


def _finding(finding: Finding, *, opened: bool) -> str:
    first, *code = finding.message.splitlines()
    pre = f'<pre style="margin:.3em 0;white-space:pre-wrap">{escape(chr(10).join(code))}</pre>' if code else ""
    return f'<div style="margin-top:.4em">{escape(first)}{pre}{_numbers(finding, opened=opened)}</div>'


def _numbers(finding: Finding, *, opened: bool) -> str:
    yours, expected = finding.yours, finding.expected
    if yours is None or expected is None or finding.index is None or finding.kind != "value":
        return ""
    wrong = np.abs(yours - expected) > TOLERANCE * np.abs(expected).max(initial=0.0)
    which = ""
    if expected.ndim == len(SEQUENCE_AXES):
        # Of a sequence only the example with the largest error is shown: its features (rows) over time (columns).
        j = finding.index[1]
        yours, expected, wrong = yours[:, j], expected[:, j], wrong[:, j]
        which = f", {finding.gradient}[:, {j}, :]"
    if max(expected.shape, default=0) > MAX_TABLE_LENGTH:
        return ""
    shown = "open" if opened else ""
    return (
        f'<details {shown}><summary style="cursor:pointer">Your numbers beside the expected ones</summary>'
        f'<div style="display:flex;flex-wrap:wrap;gap:1.5em;overflow-x:auto">'
        f"{_table('yours' + which, yours, wrong)}{_table('expected' + which, expected, np.zeros_like(wrong))}"
        "</div></details>"
    )


def _table(caption: str, array: Array, wrong: Array) -> str:
    rows = "".join(
        f"<tr {PLAIN_ROW}>{''.join(_table_entry(value, bad) for value, bad in zip(values, bads, strict=True))}</tr>"
        for values, bads in zip(np.atleast_2d(array), np.atleast_2d(wrong), strict=True)
    )
    return (
        '<table style="border-collapse:collapse;color:inherit;font-size:.85em;margin:.3em 0;'
        'font-variant-numeric:tabular-nums">'
        f'<caption style="text-align:left;caption-side:top">{caption}</caption>{rows}</table>'
    )


def _table_entry(value: float, bad: bool) -> str:  # noqa: FBT001 - private, read once
    # Wrong entries are bold as well, for readers who do not see the colour.
    style = f"background:{FAILED}33;font-weight:bold" if bad else ""
    return f'<td style="padding:.1em .5em;text-align:right;{style}">{value:.4f}</td>'


def _impulse(impulse: Impulse, sentence: str) -> str:
    maps = _impulse_map("yours", impulse.yours, impulse, YOURS) + _impulse_map("exact", impulse.exact, impulse, EXACT)
    return (
        f'<div style="margin-top:.7em"><b>Impulse test.</b> {escape(sentence)}'
        f'<div style="display:flex;flex-wrap:wrap;gap:2em;margin:.4em 0" aria-hidden="true">{maps}</div>'
        '<div style="opacity:.75">Row: the step where a gradient is put in. Columns: the steps where it arrives; '
        "a stronger colour is more, a dot is nothing.</div></div>"
    )


def _impulse_map(caption: str, values: Array, impulse: Impulse, colour: str) -> str:
    largest, length = impulse.exact.max(), len(values)
    heads = "".join(f'<th style="{CELL_STYLE};font-weight:normal;text-align:center">{t}</th>' for t in range(length))
    rows = ""
    for k, row in enumerate(values):
        squares = "".join(_impulse_cell(value, largest, colour) for value in row)
        rows += f'<tr {PLAIN_ROW}><td style="{CELL_STYLE};text-align:right">{k}</td>{squares}</tr>'
    return (
        '<table style="border-collapse:separate;border-spacing:2px;color:inherit;font-size:.8em">'
        f'<caption style="text-align:left;caption-side:top;color:inherit">{caption}</caption>'
        f"<tr><th></th>{heads}</tr>{rows}</table>"
    )


def _impulse_cell(value: float, largest: float, colour: str) -> str:
    # A logarithmic scale over three decades, because gradients over many steps are small; a dot where nothing arrives.
    if not value > NOTHING * largest:
        return f'<td style="{CELL_STYLE};border:1px dotted {EXACT};text-align:center">\N{MIDDLE DOT}</td>'
    share = min(1.0, max(0.15, 1 + np.log10(value / largest) / 3))
    return f'<td style="{CELL_STYLE};background:{colour}{round(255 * share):02x}" title="{value:.3g}"></td>'


def _note_list(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f'<ul style="margin:.5em 0 0 1.2em;padding:0">{items}</ul>' if items else ""


def _printed_block(report: ReportData) -> str:
    if not report.printed:
        return ""
    lines = escape("\n".join(printed_lines(report)))
    return f'<div style="margin-top:.5em">Printed by your function:<pre style="margin:.2em 0">{lines}</pre></div>'
