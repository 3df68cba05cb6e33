"""IPKernelApp in two halves: before and after the fork."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

# A kernel without a debugger starts in a tenth of the time, and nobody debugs this one.
sys.modules.setdefault("debugpy", None)  # type: ignore[arg-type]

import ipykernel.debugger  # noqa: E402, F401 - loaded before the fork
import zmq  # noqa: E402
from ipykernel.control import ControlThread  # noqa: E402
from ipykernel.iostream import IOPubThread  # noqa: E402
from ipykernel.kernelapp import IPKernelApp  # noqa: E402
from ipykernel.shellchannel import ShellChannelThread  # noqa: E402
from ipykernel.zmqshell import ZMQInteractiveShell  # noqa: E402
from IPython.core.application import BaseIPythonApplication  # noqa: E402
from traitlets.config import Config  # noqa: E402

from bptt_instructor.grading.kernel.iostream import NonBlockingStream  # noqa: E402
from bptt_instructor.grading.kernel.ipkernel import SubmissionKernel  # noqa: E402
from bptt_instructor.grading.kernel.session import TruncatingSession  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bptt_instructor.grading.checks.interface import KernelChecks


OUTSTREAM_CLASS = f"{NonBlockingStream.__module__}.{NonBlockingStream.__name__}"


class ForkedKernelApp(IPKernelApp):
    """IPKernelApp that initialises before the fork, and then serves sockets that are already listening."""

    def prepare(self, checks: KernelChecks) -> None:
        """Initialise what needs neither threads nor sockets, in the zygote: forked kernels share its memory.

        Parameters
        ----------
        checks
            The course's checks inside the sandbox.
        """
        self._checks = checks
        # Cached now, for all kernels.
        _ = checks.record_types
        app = {"kernel_class": SubmissionKernel, "outstream_class": OUTSTREAM_CLASS, "log_level": 50}
        self.update_config(Config(HistoryManager={"enabled": False}, IPKernelApp=app))
        BaseIPythonApplication.initialize(self, [])
        # A kernel uses the shell that exists, and would otherwise create one.
        shell = ZMQInteractiveShell.instance(config=self.config, user_ns={})
        # The first cell and the first error take as long as twenty later ones.
        shell.run_cell("pass", silent=True)
        shell.run_cell("def fails(): 1 / 0", silent=True)
        try:
            shell.user_ns.pop("fails")()
        except ZeroDivisionError:
            shell.InteractiveTB.structured_traceback(*sys.exc_info())

    def start_kernel(self, listening: Mapping[str, int]) -> None:
        """Start the kernel in the forked process, and serve until it ends.

        Parameters
        ----------
        listening
            File descriptor of a listening Unix socket for each of
            :data:`bptt_instructor.grading.protocol.messages.CHANNELS`.
        """
        self._listening = listening
        # Created after the fork: a session sends nothing in a fork of the process that created it.
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
        """Open the kernel's sockets, and start the threads that serve them."""
        self.context = context = zmq.Context()
        self.shell_socket = self._bound_socket(zmq.ROUTER, "shell")
        self.shell_socket.router_handover = 1
        # Nobody answers a learner's input(), and interrupts come as signals.
        self.stdin_socket = self._bound_socket(zmq.ROUTER, "stdin")
        self.control_socket = self._bound_socket(zmq.ROUTER, "control")
        self.debugpy_socket = context.socket(zmq.STREAM)
        self.control_thread = ControlThread(daemon=True)
        self.shell_channel_thread = ShellChannelThread(context, daemon=True)
        self.configure_tornado_logger()
        # Output of subprocesses comes through their file descriptors; IPython's other way for it would listen on TCP.
        self.iopub_thread = IOPubThread(self._bound_socket(zmq.XPUB, "iopub"), pipe=False, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def _bound_socket(self, kind: int, channel: str) -> zmq.Socket[bytes]:
        context: Any = self.context
        bound: zmq.Socket[bytes] = context.socket(kind)
        bound.linger = 1000  # milliseconds
        if channel in self._listening:
            bound.use_fd = self._listening[channel]
            bound.bind(f"ipc://{channel}")
        else:
            bound.bind(f"inproc://{channel}")
        return bound
