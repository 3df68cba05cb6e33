"""Connect to a Dask scheduler."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bptt_instructor.grading.course import GradingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Client

CONNECT_SECONDS = 10


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """Connect to a Dask scheduler.

    Parameters
    ----------
    address
        Address such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    GradingError
        When no scheduler answers there.
    """
    from distributed import Client  # noqa: PLC0415 - takes most of a second to import

    _propagate_logs()
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise GradingError(
            f"No Dask scheduler answers at {address}. Start one with 'dask scheduler', and name its address."
        ) from error
    with client:
        yield client


def _propagate_logs() -> None:
    """Send Dask's log messages to the root logger's handlers, and none to the terminal."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True
    # Without any handler, warnings would go to the terminal while no log file is open.
    logging.getLogger("distributed").addHandler(logging.NullHandler())
