"""The kernel that runs a submission: IPython's own, which can also be asked for what a function returns."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from ipykernel.ipkernel import IPythonKernel

from bptt.check.call import call
from bptt.check.exercises import EXERCISES
from bptt.check.origin import defining_cell, notebook_values
from bptt.grading.kernel.question import ANSWER, ASK, Answer, Question

if TYPE_CHECKING:
    from collections.abc import Mapping

Function = Callable[..., Any]


class GradedKernel(IPythonKernel):  # type: ignore[misc]
    """IPython's kernel, with one more kind of message."""

    msg_types: ClassVar[list[str]] = [*IPythonKernel.msg_types, ASK]

    async def bptt_ask_request(self, stream: object, ident: object, parent: dict[str, Any]) -> None:
        """Call a function of the notebook, and send what it did.

        Nothing that is said here proves anything: the notebook's code can change it all. It is judged elsewhere.
        """
        content = parent["content"]
        answer = answered(Question.from_dict(content["question"]), self.shell.user_ns)
        told = {"nonce": content["nonce"], "answer": answer.as_dict()}
        self.session.send(stream, ANSWER, told, parent, ident=ident)


def answered(question: Question, names: Mapping[str, Any]) -> Answer:
    """Call the function that a question is about.

    Parameters
    ----------
    question
        What is asked.
    names
        All names of the notebook.
    """
    function = names.get(question.function)
    if not callable(function):
        what = "is not a function" if question.function in names else "is not defined"
        return Answer(error="NameError", message=f"{question.function} {what}")
    known = EXERCISES[question.exercise].stand_ins
    axes: list[int] = []
    stand_ins = {
        name: _watched(known[name], axes)
        for name in known
        if question.stand_ins is None or name in question.stand_ins
    }
    outcome = call(function, question.arguments, stand_ins)
    error = outcome.error
    return Answer(
        result=outcome.result,
        error="" if error is None else type(error).__name__,
        message="" if error is None else str(error),
        at_line=outcome.at_line,
        warned=outcome.warned,
        printed=outcome.printed,
        changed=outcome.changed,
        axes=tuple(axes),
        origin=defining_cell(function),
        reads=notebook_values(function),
        own=tuple(name for name in known if _is_own(names.get(name))),
    )


def _watched(stand_in: Function, axes: list[int]) -> Function:
    @wraps(stand_in)
    def watching(*arguments: Any) -> Any:  # noqa: ANN401 - whatever a learner hands over
        axes.append(np.ndim(arguments[0]) if arguments else 0)
        return stand_in(*arguments)

    return watching


def _is_own(value: object) -> bool:
    return callable(value) and not (getattr(value, "__module__", None) or "").startswith("bptt.")
