"""The kernel that runs a submission: IPython's own, which can also be asked for what a function returns."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import json_clean
from traitlets import Type

from bptt.check.call import call
from bptt.check.exercises import EXERCISES
from bptt.check.introspection import defining_cell, notebook_values, own_functions
from bptt_instructor.grading.checks.stub_cells import CHEAP
from bptt_instructor.grading.kernel.shell import GradedShell
from bptt_instructor.grading.protocol.messages import ANSWER, ASK, RAN, RUN, Answer, Question, cell_of

if TYPE_CHECKING:
    from collections.abc import Mapping


class GradedKernel(IPythonKernel):
    """IPython's kernel, with two more kinds of message."""

    session: Any
    shell: Any
    shell_class = Type(GradedShell)
    msg_types = [*IPythonKernel.msg_types, RUN, ASK]  # noqa: RUF012 - as it is there

    async def bptt_run_request(self, _stream: Any, ident: Any, parent: dict[str, Any]) -> None:  # noqa: ANN401
        """Run cells, and tell of each how it ended after all that it has shown."""
        for number, source in enumerate(parent["content"]["cells"]):
            cell = _part(parent, number)
            self.set_parent(ident, cell, channel="shell")
            ended = await self.do_execute(source, silent=False)
            sys.stdout.flush()
            sys.stderr.flush()
            self.session.send(self.iopub_socket, RAN, json_clean(ended), cell, ident=self._topic(RAN))

    async def bptt_ask_request(self, _stream: Any, _ident: Any, parent: dict[str, Any]) -> None:  # noqa: ANN401
        """Call functions of the notebook, and send what they did.

        Nothing that is said here proves anything: the notebook's code can change it all. It is judged elsewhere.
        """
        for number, asked in enumerate(parent["content"]["questions"]):
            answer = answered(Question.from_dict(asked["question"]), self.shell.user_ns)
            told = {"nonce": asked["nonce"], "answer": answer.as_dict()}
            self.session.send(self.iopub_socket, ANSWER, told, _part(parent, number), ident=self._topic(ANSWER))


def _part(message: dict[str, Any], number: int) -> dict[str, Any]:
    header = message["header"]
    return {**message, "header": {**header, "msg_id": cell_of(header["msg_id"], number)}}


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
    stand_ins = CHEAP if question.cheap else known
    outcome = call(function, question.arguments, {name: stand_ins[name] for name in question.stand_ins})
    error = outcome.error
    return Answer(
        result=outcome.result,
        error="" if error is None else type(error).__name__,
        message="" if error is None else str(error),
        at_line=outcome.at_line,
        warned=outcome.warned,
        printed=outcome.printed,
        changed=outcome.changed,
        axes=outcome.axes,
        origin=defining_cell(function),
        reads=notebook_values(function),
        own=own_functions(function, known),
    )
