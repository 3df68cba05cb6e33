"""Start local Dask workers, or connect to a scheduler."""

from __future__ import annotations

import logging
import multiprocessing
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bptt_instructor.grading.course import GradingError
from bptt_instructor.grading.executors.forkserver import START_METHOD, start_forkserver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Client, LocalCluster

CONNECT_SECONDS = 10
CLOSE_SECONDS = 20.0
"""How long workers on this machine may take to end."""
DASK_SETTINGS = {
    "distributed.worker.multiprocessing-method": START_METHOD,
    # Both sample a worker many times a second, for a dashboard that nobody opens.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    # A worker that was stopped or hangs is replaced when it has been silent for this long, and looked for as often.
    "distributed.scheduler.worker-ttl": "30s",
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.nanny.http.routes": [],
}

log = logging.getLogger(__name__)


@contextmanager
def local_cluster(workers: int) -> Iterator[Client]:
    """Start workers on this machine, and end them afterwards.

    Parameters
    ----------
    workers
        Number of workers. They join one by one; this does not wait for them.
    """
    start_forkserver()
    import dask  # noqa: PLC0415 - takes most of a second to import
    from distributed import Client, LocalCluster  # noqa: PLC0415
    from distributed.security import Security  # noqa: PLC0415

    _propagate_logs()
    with tempfile.TemporaryDirectory(prefix="bptt-") as folder, dask.config.set(DASK_SETTINGS):
        # Whoever can connect to a scheduler can run code in its workers, and other users of this machine can reach its
        # ports. So connections need a key that is created here and exists in memory alone.
        security = Security.temporary()
        cluster = LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            processes=True,
            host="tls://127.0.0.1",
            security=security,
            # With None, Dask would still open a port, and warn when the usual one is taken.
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            # KernelClient bounds the memory of submissions.
            memory_limit=0,
            local_directory=folder,
            silence_logs=logging.CRITICAL,
        )
        try:
            with Client(cluster, set_as_default=False) as client:
                cluster.scale(workers)
                yield client
        finally:
            _close(cluster)


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


def _close(cluster: LocalCluster) -> None:
    """End the workers; kill those that do not end in time, such as one that was stopped while it started."""
    try:
        cluster.close(CLOSE_SECONDS)
    except (OSError, TimeoutError):
        log.exception("Not all workers have ended in time")
        for process in multiprocessing.active_children():
            process.kill()


def _propagate_logs() -> None:
    """Send Dask's log messages to the root logger's handlers, and none to the terminal."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True
    # Without any handler, warnings would go to the terminal while no log file is open.
    logging.getLogger("distributed").addHandler(logging.NullHandler())
