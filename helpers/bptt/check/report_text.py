"""Render a report as plain text, for terminals and screen readers."""

from collections.abc import Sequence
from textwrap import fill

from bptt.check.findings import Cause, Finding, ReportData
from bptt.wording import join_names

WIDTH = 96


def as_text(report: ReportData) -> str:
    """Render a report as lines of at most ``WIDTH`` characters, but for a learner's own line of code."""
    lines = [f"{report.mark} {report.summary}"]
    for cause in report.causes:
        lines += ["", *_cause(cause)]
    if report.where_to_look:
        lines += ["", _wrapped(f"Where to look. {report.where_to_look}", "  ", "  ")]
    if report.impulse:
        lines += ["", _wrapped(f"Impulse test. {report.impulse_sentence}", "  ", "  ")]
    shown, folded = fold([finding for finding in report.told if finding.message != report.summary])
    lines += [""] if shown else []
    for finding in shown:
        first, *code = finding.message.splitlines()
        lines.append(_wrapped(first, "- ", "  "))
        lines += [f"      {line.strip()}" for line in code]
    if folded:
        lines.append(
            _wrapped(f"Likewise wrong: {join_names(str(finding.gradient) for finding in folded)}.", "- ", "  ")
        )
    lines += ["", *(_wrapped(note, "- ", "  ") for note in report.notes)] if report.notes else []
    lines += ["", "Printed by your function:", *printed_lines(report)] if report.printed else []
    lines += ["", *footer(report)] if footer(report) else []
    return "\n".join(lines)


def fold(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Divide the findings into those to show, and those that say once more that numbers are wrong."""
    others = [finding for finding in findings if finding.kind == "value"][1:]
    return [finding for finding in findings if finding not in others], others


def _cause(cause: Cause) -> list[str]:
    where = f" ({join_names(cause.gradients)})" if cause.gradients else ""
    lines = [_wrapped(f"{cause.title}{where}.", "  ", "  "), _wrapped(cause.explanation, "  ", "  ")]
    return [*lines, _wrapped(alternatives_sentence(cause), "  ", "  ")] if cause.alternatives else lines


def alternatives_sentence(cause: Cause) -> str:
    """Say which other mistakes would give the same numbers."""
    titles = " or ".join(f'"{title}"' for title in cause.alternative_titles)
    return f"Another mistake would give the same numbers: {titles}."


def printed_lines(report: ReportData, max_lines: int = 12) -> list[str]:
    """Return the first lines that the function printed, and a line that counts the others."""
    lines = report.printed.splitlines()
    shown = [line[:WIDTH] for line in lines[:max_lines]]
    return shown if len(lines) <= max_lines else [*shown, f"... and {len(lines) - max_lines} more lines"]


def footer(report: ReportData) -> list[str]:
    """Say which definition was checked and what to do next; empty for a report that is passed."""
    if report.passed:
        return []
    which = f"Checked: {report.exercise} as {report.origin} defined it. Changed it since? Run that cell again."
    stuck = f'Stuck? check.hint("{report.exercise}") gives one more step each time.'
    return [*([which] if report.origin else []), *([stuck] if report.hints else [])]


def _wrapped(text: str, first: str, rest: str) -> str:
    return fill(text, WIDTH, initial_indent=first, subsequent_indent=rest)
