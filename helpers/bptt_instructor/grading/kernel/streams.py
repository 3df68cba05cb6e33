"""``Outputs`` and ``OutputStream``: what cells show, in order, as messages."""

from __future__ import annotations

import codecs
import io
import os
import sys
import tempfile
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.protocol.frames import pack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bptt_instructor.grading.kernel.channel import Channel

MAX_MESSAGE_CHARACTERS = 1_200_000
"""JSON takes up to six bytes for one: together they stay below the grader's bound on a message, 8 MB."""
MAX_JOINED_CHARACTERS = 100_000
"""Text that waits to be joined with what is written next."""
MAX_JOINED_SECONDS = 0.2
MAX_FILE_BYTES = 1_000_000
"""Length at which a file of output is emptied."""
STREAMS = {"stdout": 1, "stderr": 2}


class Outputs:
    """Sends the outputs of the cell that runs. Small texts are joined; long ones are cut.

    What is written to file descriptors 1 and 2, by processes or in C, goes to a file each, and is read before the
    notebook writes or shows something: nobody waits, and no thread is needed.

    Attributes
    ----------
    part
        Id of the cell or call that runs.
    channel
        Where messages are sent; None in the zygote, which sends none.
    """

    def __init__(self) -> None:
        self.channel: Channel | None = None
        self.part = ""
        self._lock = threading.RLock()
        self._name = ""
        self._texts: list[str] = []
        self._characters = 0
        self._at_line_start = True
        self._sent_at = 0.0
        self._files: dict[str, _OutputFile] = {}
        self.streams = {name: OutputStream(name, fd, self) for name, fd in STREAMS.items()}

    def open(self, channel: Channel, folder: str) -> None:
        """Begin to send; ``folder`` is one for temporary files, whose size is bounded."""
        self.channel = channel
        self._files = {name: _OutputFile(fd, folder) for name, fd in STREAMS.items()}
        self.restore()

    def restore(self) -> None:
        """Put the streams back in place, whatever the notebook's code has done to them."""
        for name, stream in self.streams.items():
            vars(stream).clear()
            setattr(sys, name, stream)
        for file in self._files.values():
            file.restore()

    def write(self, name: str, text: str) -> None:
        """Write to a stream."""
        with self._lock:
            if self._at_line_start:
                self._read_files()
            self._add(name, text)
            self._at_line_start = text.endswith("\n")
            if self._at_line_start and time.monotonic() - self._sent_at > MAX_JOINED_SECONDS:
                self._send_text()

    def flush(self) -> None:
        """Send what has been written."""
        with self._lock:
            self._read_files()
            self._send_text()
            self._at_line_start = True

    def send(self, kind: str, content: dict[str, Any]) -> None:
        """Send another output, after what has been written."""
        if self.channel and self.channel.forked:
            return
        with self._lock:
            self.flush()
            self._send(kind, content)

    def _add(self, name: str, text: str) -> None:
        if name != self._name or self._characters + len(text) > MAX_JOINED_CHARACTERS:
            self._send_text()
        self._name = name
        self._texts.append(text)
        self._characters += len(text)

    def _read_files(self) -> None:
        for name, file in self._files.items():
            text = file.read()
            if text:
                self._add(name, text)

    def _send_text(self) -> None:
        if self._texts and self.channel:
            with self.channel.interrupts:
                text = "".join(self._texts)
                self._texts.clear()
                self._characters = 0
                self._send("stream", {"name": self._name, "text": text})
            self._sent_at = time.monotonic()

    def _send(self, kind: str, content: dict[str, Any]) -> None:
        if self.channel:
            self.channel.send(pack({"type": kind, "part": self.part, "content": _Truncator().value(content)}))


class OutputStream(io.TextIOBase):
    """Standard output or standard error of the notebook, as ipykernel has them; ``close`` has no effect.

    Parameters
    ----------
    name
        ``stdout`` or ``stderr``.
    fd
        Its file descriptor, for processes.
    outputs
        Sends what is written.
    """

    # Neither is an attribute of the object: those are cleared before each cell.
    __slots__ = ("_fd", "_name", "_outputs")
    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, name: str, fd: int, outputs: Outputs) -> None:
        super().__init__()
        self._name = name
        self._fd = fd
        self._outputs = outputs

    @property
    def name(self) -> str:
        """Name of the stream, as IPython calls it."""
        return f"<{self._name}>"

    def write(self, text: str) -> int:
        """Write a text; half characters, which no file can hold, become their escapes."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not text.isascii():
            text = text.encode("utf-8", "backslashreplace").decode()
        channel = self._outputs.channel
        if channel and channel.forked:
            os.write(self._fd, text.encode())
        else:
            self._outputs.write(self._name, str(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Send what has been written."""
        channel = self._outputs.channel
        if not (channel and channel.forked):
            self._outputs.flush()

    def close(self) -> None:
        """Send what has been written, and stay open."""
        with suppress(Exception):
            self.flush()

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return False."""
        return False

    def fileno(self) -> int:
        """Return the file descriptor that processes write to."""
        return self._fd


class _OutputFile:
    """File behind a file descriptor that processes write to."""

    def __init__(self, fd: int, folder: str) -> None:
        self._fd = fd
        self._file = tempfile.TemporaryFile("a+b", buffering=0, dir=folder)  # noqa: SIM115 - as long as the kernel
        self._offset = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        os.dup2(self._file.fileno(), fd)

    def restore(self) -> None:
        """Open the file descriptor again if it is closed."""
        try:
            os.fstat(self._fd)
        except OSError:
            with suppress(OSError, ValueError):
                os.dup2(self._file.fileno(), self._fd)

    def read(self) -> str:
        """Return what has been written since, as far as a message can hold it."""
        try:
            length = os.fstat(self._file.fileno()).st_size
            if length == self._offset:
                return ""
            data = os.pread(self._file.fileno(), MAX_MESSAGE_CHARACTERS, self._offset)
            self._offset = length
            if length > MAX_FILE_BYTES:
                self._file.truncate(0)
                self._offset = 0
        except (OSError, ValueError):
            # The notebook's code has closed it.
            return ""
        return self._decoder.decode(data)


class _Truncator:
    """Copies JSON types, truncating texts once they are too long together."""

    def __init__(self) -> None:
        self._characters_left = MAX_MESSAGE_CHARACTERS

    def value(self, value: Any) -> Any:  # noqa: ANN401 - walks anything
        if isinstance(value, str):
            kept = value[: self._characters_left]
            self._characters_left -= len(kept)
            return kept
        if isinstance(value, dict):
            return {key: self.value(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(entry) for entry in value]
        return value
