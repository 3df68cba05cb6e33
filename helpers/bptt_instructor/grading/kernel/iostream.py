"""What a notebook prints, on its way out."""

from __future__ import annotations

from threading import Lock
from typing import Any

from ipykernel.iostream import OutStream


class NonBlockingStream(OutStream):
    """ipykernel's stream, whose ``flush`` does not wait until all has been sent.

    Everything that a kernel says takes one road, so what comes after a flush arrives after it, too. Waiting would cost
    more than most cells.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - whatever ipykernel gives its own
        self._flushing = Lock()
        super().__init__(*arguments, **named)

    def flush(self) -> None:
        """Send what has been written."""
        if self.pub_thread:
            self._flush()

    def _flush(self) -> None:
        # The thread that sends does this too, now and then: what it has taken must be on its way first.
        with self._flushing:
            super()._flush()
