"""Result data model of a check: ``Finding``, ``Cause``, ``Impulse`` and ``ReportData``."""

from dataclasses import dataclass
from typing import Literal

from bptt.inputs import Sizes
from bptt.types import Array
from bptt.wording import join_names

Kind = Literal[
    "not-implemented",
    "returns-nothing",
    "raised",
    "borrowed",
    "return-type",
    "missing",
    "shape",
    "dtype",
    "not-finite",
    "changed-in-place",
    "value",
    "calls",
    "no-answer",
    "cost",
]

"""Kinds of findings, in the order of diagnosis."""

REPORT_MIME = "application/vnd.bptt.report+json"
"""MIME type of a report as plain data, beside its text and HTML in a notebook's outputs."""


@dataclass(frozen=True)
class Finding:
    """One way in which a result is wrong.

    Attributes
    ----------
    kind : str
        Of one gradient only the first kind in the order of diagnosis is reported.
    gradient : str or None
        The gradient that is wrong, or None for the whole function.
    message : str
        One or two sentences for the learner.
    sizes : Sizes or None
        The first case in which it is wrong.
    index : tuple of int or None
        Of the entry of ``yours`` that is furthest from ``expected``.
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
    """A known mistake that explains wrong numbers.

    Attributes
    ----------
    id : str
        Stable name, e.g. ``missing-tanh-derivative``.
    title, explanation : str
        For the learner: what the code does, and what to think about.
    gradients : tuple of str
        The gradients that it explains.
    alternatives : tuple of str
        Ids of other mistakes that would give the same numbers.
    alternative_titles : tuple of str
    """

    id: str
    title: str
    explanation: str
    gradients: tuple[str, ...]
    alternatives: tuple[str, ...] = ()
    alternative_titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Impulse:
    """Impulse response of a backward pass: where a gradient arrives that enters at one step only.

    Attributes
    ----------
    yours, exact : ndarray (T_x, T_x)
        Entry [k, t] is the norm of ``dx`` at step t when ``da`` is zero everywhere but at step k.
    sentence : str
        The difference of the two, in words.
    advice : str
        Where to look, if nothing else is known about the mistake; may be empty.
    """

    yours: Array
    exact: Array
    sentence: str
    advice: str = ""


@dataclass(frozen=True)
class ReportData:
    """Result of one check.

    Attributes
    ----------
    exercise : str
        Name of the exercise, which is the name of the learner's function.
    graded : tuple of str
        The gradients that are checked.
    findings : tuple of Finding
        Empty when all is right.
    causes : tuple of Cause
        Known mistakes that explain the findings.
    notes : tuple of str
        Remarks that do not fail the check, e.g. warnings.
    origin : str
        The cell that last defined the function, e.g. ``In [12]``; empty when unknown.
    printed : str
        What the function printed in its first call.
    impulse : Impulse or None
        For a sequence that is not right: its impulse response.
    hints : bool
        Whether the exercise has hints; a report that is not passed then says how to get one.
    where_to_look : str
        For what no known mistake explains; empty when nothing is known about that.
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
    where_to_look: str = ""

    @property
    def passed(self) -> bool:
        """Whether there are no findings."""
        return not self.findings

    @property
    def mark(self) -> str:
        """One sign for the result: right, not right, or for a person to look at."""
        if self.passed:
            return "\N{CHECK MARK}"
        return "\N{HORIZONTAL ELLIPSIS}" if self.undecided else "\N{BALLOT X}"

    @property
    def undecided(self) -> bool:
        """Whether all that was found is a cost that a person should look at."""
        return bool(self.findings) and all(finding.kind == "cost" for finding in self.findings)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The graded gradients that are not right, in the order of the exercise."""
        if any(finding.gradient not in self.graded for finding in self.findings):
            return self.graded
        gradients = {finding.gradient for finding in self.findings}
        return tuple(name for name in self.graded if name in gradients)

    @property
    def impulse_sentence(self) -> str:
        """What the impulse test found, with advice where no cause and no place is known; empty without that test."""
        if not self.impulse:
            return ""
        advice = "" if self.where_to_look or self.causes else self.impulse.advice
        return f"{self.impulse.sentence} {advice}".rstrip()

    @property
    def told(self) -> tuple[Finding, ...]:
        """The findings without those that a cause tells in full: what is changed in place."""
        return tuple(finding for finding in self.findings if finding.kind != "changed-in-place" or not self.causes)

    @property
    def summary(self) -> str:
        """The result in one line."""
        if self.passed:
            return f"{self.exercise}: {join_names(self.graded)} {'is' if len(self.graded) == 1 else 'are'} right."
        if self.findings[0].kind in {"not-implemented", "returns-nothing", "calls", "no-answer", "large", "cost"}:
            return self.findings[0].message
        if self.findings[0].kind == "raised":
            return f"{self.exercise}: it stops with an error."
        right = len(self.graded) - len(self.wrong)
        if len(self.graded) == 1 or not right:
            return f"{self.exercise}: {join_names(self.wrong)} {'is' if len(self.wrong) == 1 else 'are'} not right yet."
        return f"{self.exercise}: {right} of {len(self.graded)} right; not yet: {join_names(self.wrong)}."

    def as_dict(self) -> dict[str, object]:
        """Return what the gradebook and class reports need, as plain JSON types."""
        return {
            "exercise": self.exercise,
            "graded": list(self.graded),
            "passed": self.passed,
            "wrong": list(self.wrong),
            "causes": [cause.id for cause in self.causes],
            "kinds": sorted({finding.kind for finding in self.findings}),
        }
