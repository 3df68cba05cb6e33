"""OutStream with a flush that does not wait."""

from __future__ import annotations

from threading import Lock
from typing import Any

from ipykernel.iostream import OutStream


class NonBlockingStream(OutStream):
    """ipykernel's OutStream, whose ``flush`` does not wait until everything has been sent.

    One thread sends all messages of a kernel in order, so what follows a flush arrives after it, too. Waiting would
    take longer than most cells: it costs 11 % of a submission of lesson 01, 5 % of lesson 02.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as ipykernel calls it
        self._flushing = Lock()
        super().__init__(*args, **kwargs)

    def flush(self) -> None:
        """Hand what has been written to the thread that sends."""
        if self.pub_thread:
            self._flush()

    def _flush(self) -> None:
        # The thread that sends flushes too, now and then: what it has taken from the buffer must be queued first.
        with self._flushing:
            super()._flush()
