"""IPythonKernel with two more requests: run cells, call a function."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.jsonutil import json_clean
from traitlets import Any as AnyTrait

from bptt_instructor.grading.checks.interface import CallReply
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

    from bptt_instructor.grading.checks.interface import KernelChecks


class SubmissionKernel(IPythonKernel):
    """IPython's kernel, which also runs cells and calls functions on request of the judge."""

    session: Any
    shell: Any
    checks = AnyTrait(help="The course's part inside of the sandbox, a KernelChecks.")
    msg_types = [*IPythonKernel.msg_types, RUN_REQUEST, CALL_REQUEST]  # noqa: RUF012 - as in IPythonKernel

    async def bptt_run_request(self, _stream: Any, ident: Any, parent: dict[str, Any]) -> None:  # noqa: ANN401
        """Run cells; each one's outputs are followed by a message on how it ended."""
        for number, source in enumerate(parent["content"]["cells"]):
            part = _part_request(parent, number)
            self.set_parent(ident, part, channel="shell")
            reply = await self.do_execute(source, silent=False)
            sys.stdout.flush()
            sys.stderr.flush()
            self.session.send(self.iopub_socket, CELL_DONE, json_clean(reply), part, ident=self._topic(CELL_DONE))

    async def bptt_call_request(self, _stream: Any, _ident: Any, parent: dict[str, Any]) -> None:  # noqa: ANN401
        """Call functions of the notebook, and send a reply for each call.

        Replies prove nothing, because the notebook's code can change everything here. The judge compares them outside.
        """
        record_types = self.checks.record_types
        for number, call in enumerate(parent["content"]["calls"]):
            request = CallRequest.from_dict(call["request"], record_types)
            reply = call_function(self.checks, request, self.shell.user_ns)
            content = {"nonce": call["nonce"], "result": encode_reply(reply, record_types)}
            part, topic = _part_request(parent, number), self._topic(CALL_REPLY)
            self.session.send(self.iopub_socket, CALL_REPLY, content, part, ident=topic)


def _part_request(request: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a request under the id of one of its parts, as parent of the messages about that part."""
    header = request["header"]
    return {**request, "header": {**header, "msg_id": part_id(header["msg_id"], number)}}


def call_function(checks: KernelChecks, request: CallRequest, names: Mapping[str, Any]) -> CallReply:
    """Call the function that a request names.

    Parameters
    ----------
    checks
        The course's checks inside the sandbox, which make the call.
    request
        Function, arguments and stand-ins.
    names
        All names of the notebook, with their values.
    """
    function = names.get(request.function)
    if not callable(function):
        reason = "is not a function" if request.function in names else "is not defined"
        return CallReply(error="NameError", message=f"{request.function} {reason}")
    return checks.call(function, request.exercise, request.arguments, request.stand_ins, stubs=request.stubs)
