"""Result data model of a check: findings, causes and the impulse test, and a report that holds them."""

from dataclasses import dataclass
from typing import Literal

from bptt.inputs import Sizes
from bptt.types import Array
from bptt.wording import join_names

Kind = Literal[
    "not-implemented",
    "raised",
    "borrowed",
    "return-type",
    "missing",
    "extra",
    "shape",
    "dtype",
    "not-finite",
    "changed-in-place",
    "value",
    "no-answer",
    "cost",
]

REPORT_MIME = "application/vnd.bptt.report+json"
"""MIME type of a report as plain data, beside its text and HTML in a notebook's outputs."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    kind : str
        In the order of diagnosis: an earlier kind hides the later ones of the same gradient.
    gradient : str or None
        Which gradient, or None when it is the whole function.
    message : str
        One or two sentences for the learner.
    sizes : Sizes or None
        The case in which it was found first.
    index : tuple of int or None
        Where ``yours`` is furthest from ``expected``.
    yours, expected : ndarray or None
        The whole arrays, for kinds that are about numbers or shapes.
    """

    kind: Kind
    gradient: str | None
    message: str
    sizes: Sizes | None = None
    index: tuple[int, ...] | None = None
    yours: Array | None = None
    expected: Array | None = None


@dataclass(frozen=True)
class Cause:
    """A known mistake that the numbers prove.

    Attributes
    ----------
    id : str
        Stable name, e.g. ``missing-tanh-derivative``.
    title, explanation : str
        What it is, and what to think about.
    gradients : tuple of str
        The gradients that it explains.
    alternatives : tuple of str
        Ids of other mistakes that would give the same numbers.
    """

    id: str
    title: str
    explanation: str
    gradients: tuple[str, ...]
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True)
class Impulse:
    """Where a gradient arrives that is put in at one step only.

    Attributes
    ----------
    yours, exact : ndarray (T_x, T_x)
        Entry [k, t] is the norm of ``dx`` at step t when ``da`` is zero everywhere but at step k.
    sentence : str
        What the two maps show, in words.
    """

    yours: Array
    exact: Array
    sentence: str


@dataclass(frozen=True)
class ReportData:
    """The outcome of one check.

    Attributes
    ----------
    exercise : str
        Name of the exercise, which is the name of the learner's function.
    graded : tuple of str
        The gradients that this check is about.
    findings : tuple of Finding
        Empty when all is right.
    causes : tuple of Cause
        Known mistakes that explain the findings.
    notes : tuple of str
        What is worth knowing but does not fail the check, e.g. warnings.
    origin : str
        The cell that last defined the function, e.g. ``In [12]``; empty when unknown.
    printed : str
        What the function printed in its first run.
    impulse : Impulse or None
        For a sequence that is not right: which paths the learner's code has.
    hints : bool
        Whether the exercise has hints; text and HTML then say how to get one, where something is wrong.
    """

    exercise: str
    graded: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = ()
    origin: str = ""
    printed: str = ""
    impulse: Impulse | None = None
    hints: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def wrong(self) -> tuple[str, ...]:
        """The graded gradients that are not right, in their usual order."""
        if any(finding.gradient not in self.graded for finding in self.findings):
            return self.graded
        found = {finding.gradient for finding in self.findings}
        return tuple(name for name in self.graded if name in found)

    @property
    def summary(self) -> str:
        """One line that says how it went."""
        if self.passed:
            return f"{self.exercise}: {join_names(self.graded)} {'is' if len(self.graded) == 1 else 'are'} right."
        if self.findings[0].kind in {"not-implemented", "no-answer", "cost"}:
            return self.findings[0].message
        if self.findings[0].kind == "raised":
            return f"{self.exercise}: it stopped with an error, so nothing could be compared."
        right = len(self.graded) - len(self.wrong)
        if len(self.graded) == 1 or not right:
            return f"{self.exercise}: {join_names(self.wrong)} {'is' if len(self.wrong) == 1 else 'are'} not right yet."
        return f"{self.exercise}: {right} of {len(self.graded)} right; not yet: {join_names(self.wrong)}."

    def as_dict(self) -> dict[str, object]:
        """Return what tables of a class need, as plain JSON types."""
        return {
            "exercise": self.exercise,
            "graded": list(self.graded),
            "passed": self.passed,
            "wrong": list(self.wrong),
            "causes": [cause.id for cause in self.causes],
            "kinds": sorted({finding.kind for finding in self.findings}),
        }
