"""What the judge asks a kernel, and what comes back: a learner's function, called once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from bptt.check.call import Outcome
from bptt.exact import BorrowedGradientError
from bptt_instructor.grading.protocol.serialize import LONGEST_TEXT, NotPlainError, decode, encode

ASK = "bptt_ask_request"
ANSWER = "bptt_ask_reply"
RUN = "bptt_run_request"
RAN = "bptt_ran"
MOST_LINES = 50


@dataclass(frozen=True)
class Question:
    """One call of a learner's function.

    Attributes
    ----------
    exercise
        The exercise that the function is for; its stand-ins take the place of earlier exercises' functions.
    function
        The name of the function in the notebook.
    arguments
        What it is called with, by name, in order.
    stand_ins
        The names of those stand-ins that are used.
    cheap
        Whether to take, in their place, ones that cost nothing and mean nothing.
    """

    exercise: str
    function: str
    arguments: dict[str, Any]
    stand_ins: tuple[str, ...] = ()
    cheap: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "exercise": self.exercise,
            "function": self.function,
            "arguments": encode(self.arguments),
            "stand_ins": list(self.stand_ins),
            "cheap": self.cheap,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Question:
        """Read what :meth:`as_dict` made; in the kernel, which trusts the judge."""
        arguments, stand_ins = decode(data["arguments"]), tuple(data["stand_ins"])
        return cls(data["exercise"], data["function"], arguments, stand_ins, data["cheap"])


@dataclass(frozen=True)
class Answer:
    """What a call did, as the kernel tells it. Whoever controls the kernel can tell anything.

    Attributes
    ----------
    result
        What the function returned, as plain data.
    error, message, at_line
        Name and text of the exception, if it raised, and the learner's line that did.
    warned, printed, changed
        As in :class:`bptt.check.call.Outcome`.
    axes
        Of each array that was handed to a stand-in, the number of its axes.
    origin
        The cell that defined the function, e.g. ``In [12]``.
    reads
        Arrays of the notebook that the function reads by name.
    own
        Stand-ins in whose place the notebook has a function of the learner's own.
    """

    result: Any = None
    error: str = ""
    message: str = ""
    at_line: str = ""
    warned: tuple[str, ...] = ()
    printed: str = ""
    changed: tuple[str, ...] = ()
    axes: tuple[int, ...] = ()
    origin: str = ""
    reads: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON types; in the kernel."""
        told = {name: getattr(self, name) for name in _names()}
        for name in _TEXTS:
            told[name] = told[name][:LONGEST_TEXT].encode("utf-8", "replace").decode()
        for name in _LISTS:
            told[name] = [entry[:LONGEST_TEXT].encode("utf-8", "replace").decode() for entry in told[name][:MOST_LINES]]
        return told | {"axes": list(self.axes[:MOST_LINES]), "result": encode(self.result)}

    @classmethod
    def from_dict(cls, data: Any, most_bytes: int) -> Answer:  # noqa: ANN401 - whatever the kernel sent
        """Read what a kernel sent.

        Raises
        ------
        NotPlainError
            When it is not an answer.
        """
        if type(data) is not dict or data.keys() != set(_names()):
            raise NotPlainError("not an answer")
        for name in _TEXTS:
            if type(data[name]) is not str or len(data[name]) > LONGEST_TEXT:
                raise NotPlainError(f"{name} is not a text")
        for name in (*_LISTS, "axes"):
            kind = int if name == "axes" else str
            entries = data[name]
            if (
                type(entries) is not list
                or len(entries) > MOST_LINES
                or any(type(entry) is not kind for entry in entries)
            ):
                raise NotPlainError(f"{name} is not a list")
            if kind is str and any(len(entry) > LONGEST_TEXT for entry in entries):
                raise NotPlainError(f"{name} is too long")
        lists = {name: tuple(data[name]) for name in (*_LISTS, "axes")}
        return cls(**{**data, **lists, "result": decode(data["result"], most_bytes)})

    def outcome(self) -> Outcome:
        """Return it as what the checks work with."""
        error = _exception(self.error, self.message) if self.error else None
        return Outcome(self.result, error, self.at_line, self.warned, self.printed, self.changed, self.axes)


def cell_of(request: str, number: int) -> str:
    """Name one of the cells or questions that came with a message, as messages about it do."""
    return f"{request}/{number}"


_TEXTS = ("error", "message", "at_line", "printed", "origin")
_LISTS = ("warned", "changed", "reads", "own")
_NAMED = {
    kind.__name__: kind
    for kind in (NotImplementedError, BorrowedGradientError, ValueError, TypeError, IndexError, KeyError, NameError)
}


def _names() -> list[str]:
    return [field.name for field in fields(Answer)]


def _exception(name: str, message: str) -> BaseException:
    """Make an exception of that name, so that a report can show it."""
    kind: Any = _NAMED.get(name) or type(name if name.isidentifier() else "Error", (Exception,), {})
    made: BaseException = kind(message)
    return made
