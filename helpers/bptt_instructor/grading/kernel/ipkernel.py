"""IPythonKernel with two more requests: run cells, call a function."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import json_clean
from traitlets import Any as AnyTrait
from traitlets import Type

from bptt_instructor.grading.checks.protocol import CallReply
from bptt_instructor.grading.kernel.shell import FastShell
from bptt_instructor.grading.protocol.messages import (
    CALL_REPLY,
    CALL_REQUEST,
    CELL_DONE,
    RUN_REQUEST,
    CallRequest,
    encode_reply,
    part_id,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bptt_instructor.grading.checks.protocol import KernelChecks


class SubmissionKernel(IPythonKernel):
    """IPython's kernel, with two more kinds of message."""

    session: Any
    shell: Any
    shell_class = Type(FastShell)
    checks = AnyTrait(help="The course's part inside of the sandbox, a KernelChecks.")
    msg_types = [*IPythonKernel.msg_types, RUN_REQUEST, CALL_REQUEST]  # noqa: RUF012 - as it is there

    async def bptt_run_request(self, _stream: Any, ident: Any, parent: dict[str, Any]) -> None:  # noqa: ANN401
        """Run cells, and tell of each how it ended after all that it has shown."""
        for number, source in enumerate(parent["content"]["cells"]):
            cell = _part(parent, number)
            self.set_parent(ident, cell, channel="shell")
            ended = await self.do_execute(source, silent=False)
            sys.stdout.flush()
            sys.stderr.flush()
            self.session.send(self.iopub_socket, CELL_DONE, json_clean(ended), cell, ident=self._topic(CELL_DONE))

    async def bptt_call_request(self, _stream: Any, _ident: Any, parent: dict[str, Any]) -> None:  # noqa: ANN401
        """Call functions of the notebook, and send what they did.

        Nothing that is said here proves anything: the notebook's code can change it all. It is judged elsewhere.
        """
        records = self.checks.record_types
        for number, call in enumerate(parent["content"]["calls"]):
            result = call_function(self.checks, CallRequest.from_dict(call["request"], records), self.shell.user_ns)
            content = {"nonce": call["nonce"], "result": encode_reply(result, records)}
            part, topic = _part(parent, number), self._topic(CALL_REPLY)
            self.session.send(self.iopub_socket, CALL_REPLY, content, part, ident=topic)


def _part(message: dict[str, Any], number: int) -> dict[str, Any]:
    header = message["header"]
    return {**message, "header": {**header, "msg_id": part_id(header["msg_id"], number)}}


def call_function(checks: KernelChecks, request: CallRequest, names: Mapping[str, Any]) -> CallReply:
    """Call the function that a request is about.

    Parameters
    ----------
    checks
        The course's, which know how.
    request
        Which function, and with what.
    names
        All names of the notebook.
    """
    function = names.get(request.function)
    if not callable(function):
        what = "is not a function" if request.function in names else "is not defined"
        return CallReply(error="NameError", message=f"{request.function} {what}")
    return checks.call(function, request.exercise, request.arguments, request.stand_ins, stubs=request.stubs)
