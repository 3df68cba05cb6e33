"""IPython's kernel application in two halves: what can be done before a fork, and what cannot."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

# A kernel without a debugger starts in a tenth of the time, and nobody sits before this one.
sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]

import ipykernel.debugger  # noqa: E402, F401 - loaded now, so that no kernel has to
import zmq  # noqa: E402
from ipykernel.control import ControlThread  # noqa: E402
from ipykernel.iostream import IOPubThread  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from ipykernel.shellchannel import ShellChannelThread  # noqa: E402
from IPython.core.application import BaseIPythonApplication  # noqa: E402
from traitlets.config import Config  # noqa: E402

from bptt_instructor.grading.kernel.iostream import NonBlockingStream  # noqa: E402
from bptt_instructor.grading.kernel.ipkernel import SubmissionKernel  # noqa: E402
from bptt_instructor.grading.kernel.session import TruncatingSession  # noqa: E402
from bptt_instructor.grading.kernel.shell import FastCompiler, FastShell  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bptt_instructor.grading.checks.protocol import KernelChecks


STREAM = f"{NonBlockingStream.__module__}.{NonBlockingStream.__name__}"


class ForkedKernelApp(IPKernelApp):
    """IPython's kernel application, on sockets that listen already."""

    def prepare(self, checks: KernelChecks) -> None:
        """Do what needs neither threads nor sockets. Forked children share it.

        Parameters
        ----------
        checks
            The course's part inside of the sandbox.
        """
        self._checks = checks
        # Found out once, for all that are forked.
        _ = checks.record_types
        app = {"kernel_class": SubmissionKernel, "outstream_class": STREAM, "log_level": 50}
        self.update_config(Config(HistoryManager={"enabled": False}, IPKernelApp=app))
        BaseIPythonApplication.initialize(self, [])
        # The kernel would make its shell anew; it takes the one that is there.
        shell = FastShell.instance(config=self.config, user_ns={}, compiler_class=FastCompiler)
        # The first cell and the first error cost as much as twenty others.
        shell.run_cell("pass", silent=True)
        shell.run_cell("def fails(): 1 / 0", silent=True)
        try:
            shell.user_ns.pop("fails")()
        except ZeroDivisionError:
            shell.InteractiveTB.structured_traceback(*sys.exc_info())

    def start_kernel(self, listening: Mapping[str, int]) -> None:
        """Start the kernel, and never return.

        Parameters
        ----------
        listening
            For each of :data:`bptt_instructor.grading.protocol.messages.CHANNELS`, the number of a socket that listens.
        """
        self._listening = listening
        # Made here, since a session does not work in a fork of the process that made it.
        self.session = TruncatingSession(parent=self, key=b"")
        self.init_sockets()
        self.init_io()
        self.init_signal()
        self.init_kernel()
        self.init_shell()
        shell: Any = self.shell
        kernel: Any = self.kernel
        shell.parent, shell.kernel, kernel.checks = kernel, kernel, self._checks
        self.init_gui_pylab()
        self.init_extensions()
        sys.stdout.flush()
        sys.stderr.flush()
        self.start()

    def init_sockets(self) -> None:
        """Open the kernel's channels, and start the threads that serve them."""
        self.context = context = zmq.Context()
        self.shell_socket = self._listen(zmq.ROUTER, "shell")
        self.shell_socket.router_handover = 1
        # Nobody answers a learner's input(), and interrupts come as signals.
        self.stdin_socket = self._listen(zmq.ROUTER, "stdin")
        self.control_socket = self._listen(zmq.ROUTER, "control")
        self.debugpy_socket = context.socket(zmq.STREAM)
        self.control_thread = ControlThread(daemon=True)
        self.shell_channel_thread = ShellChannelThread(context, daemon=True)
        self.configure_tornado_logger()
        # Prints of subprocesses come through their file descriptors; IPython's other way for them listens on TCP.
        self.iopub_thread = IOPubThread(self._listen(zmq.XPUB, "iopub"), pipe=False, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def _listen(self, kind: int, channel: str) -> zmq.Socket[bytes]:
        context: Any = self.context
        made: zmq.Socket[bytes] = context.socket(kind)
        made.linger = 1000
        if channel in self._listening:
            made.use_fd = self._listening[channel]
            made.bind(f"ipc://{channel}")
        else:
            made.bind(f"inproc://{channel}")
        return made
