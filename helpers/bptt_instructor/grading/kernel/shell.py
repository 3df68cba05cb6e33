"""IPython's shell as notebooks know it, with outputs sent by ``Outputs`` in place of ZeroMQ."""

from __future__ import annotations

import builtins
import getpass
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import ipykernel.zmqshell
from ipykernel.displayhook import ZMQShellDisplayHook
from ipykernel.jsonutil import json_clean
from ipykernel.zmqshell import ZMQDisplayPublisher
from IPython.core import page
from IPython.core.error import StdinNotImplementedError
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

if TYPE_CHECKING:
    from bptt_instructor.grading.kernel.streams import Outputs

INLINE_BACKEND = "module://matplotlib_inline.backend_inline"


class Session:
    """What ipykernel's display classes send by.

    Parameters
    ----------
    outputs
        Sends outputs.
    """

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs

    def msg(self, kind: str, content: dict[str, Any], **_: object) -> dict[str, Any]:
        """Return a message, for hooks that change it."""
        return {"header": {"msg_type": kind}, "msg_type": kind, "parent_header": {}, "metadata": {}, "content": content}

    def send(self, _socket: object, message: dict[str, Any], **_: object) -> None:
        """Send a message."""
        self._outputs.send(message["msg_type"], message["content"])


class DisplayPublisher(ZMQDisplayPublisher):
    """Publishes what is displayed."""

    session: Any = AnyTrait(allow_none=True)

    def _flush_streams(self) -> None:
        flush_streams()


class DisplayHook(ZMQShellDisplayHook):
    """Publishes the value of a cell's last expression."""

    session: Any = AnyTrait(allow_none=True)

    def finish_displayhook(self) -> None:
        """Send the message."""
        flush_streams()
        message, self.msg = self.msg, None
        for hook in self._hooks:
            message = message and hook(message)
        if message and message["content"]["data"]:
            self.session.send(None, message)


class ZMQInteractiveShell(ipykernel.zmqshell.ZMQInteractiveShell):
    """ipykernel's shell without its kernel; by the name of the class, libraries tell that this is a notebook."""

    displayhook_class = Type(DisplayHook)
    display_pub_class = Type(DisplayPublisher)
    shown_error: BaseException | None = None

    def enable_gui(self, gui: object = None) -> None:
        """Do nothing: there is no screen, and no event loop."""

    def ask_exit(self) -> None:
        """Do nothing: the cells after ``exit()`` run."""

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        flush_streams()
        if getattr(self.displayhook, "msg", None) is not None:
            self._last_traceback_during_displayhook = True
        self._last_traceback = stb
        self.shown_error = evalue
        content = {"traceback": stb, "ename": etype.__name__, "evalue": text_of(evalue)}
        session: Session = self.display_pub.session  # type: ignore[attr-defined]
        session.send(None, session.msg("error", json_clean(content)))


def make_shell(outputs: Outputs) -> Any:  # noqa: ANN401 - much of it comes without type hints
    """Return the shell, ready to be forked.

    Parameters
    ----------
    outputs
        Sends outputs.
    """
    os.environ.setdefault("MPLBACKEND", INLINE_BACKEND)
    shell: Any = ZMQInteractiveShell.instance(config=Config(HistoryManager={"enabled": False}), user_ns={})
    shell.displayhook.session = shell.display_pub.session = Session(outputs)
    shell.displayhook.topic = b"execute_result"
    # ?name would start a pager.
    shell.set_hook("show_in_pager", page.as_hook(page.display_page), 0)
    shell.extension_manager.load_extension("storemagic")
    builtins.input = getpass.getpass = _no_input
    # The first cell and the first error take as long as twenty later ones.
    shell.run_cell("pass", silent=True)
    shell.run_cell("def fails(): 1 / 0", silent=True)
    try:
        shell.user_ns.pop("fails")()
    except ZeroDivisionError:
        shell.InteractiveTB.structured_traceback(*sys.exc_info())
    return shell


def _no_input(*_: object, **__: object) -> NoReturn:
    raise StdinNotImplementedError("Nobody answers input() while a notebook is graded.")


def flush_streams() -> None:
    """Flush the streams, whatever the notebook's code has put in their place."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()


def text_of(error: BaseException) -> str:
    """Return the message of an exception, whose ``__str__`` may be the notebook's."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - whatever it raises
        return ""
