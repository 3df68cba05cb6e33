"""``LocalWorkers``: worker processes on this machine, with the part of a Dask client's interface that grading uses."""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import socket
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.executors.forkserver import START_METHOD, start_forkserver
from bptt_instructor.grading.executors.worker import use_zygote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bptt_instructor.grading.kernel_client.zygote_process import ZygoteProcess

POLL_SECONDS = 1.0
PING_SECONDS = 5.0
"""Interval at which a worker is asked whether it is there."""
MAX_SILENT_SECONDS = 30.0
"""A worker that was stopped or hangs is replaced when it has been silent for this long."""
CLOSE_SECONDS = 5.0
"""How long workers may take to end."""

log = logging.getLogger(__name__)
# Without any handler, this would go to the terminal while no log file is open.
log.addHandler(logging.NullHandler())


class WorkerGoneError(Exception):
    """The worker that had a task has ended."""


class LocalFuture(Future[Any]):
    """Result of a task that is to come, as Dask has it."""

    @property
    def key(self) -> int:
        """Different for each."""
        return id(self)

    def add_done_callback(self, call: Callable[[LocalFuture], None]) -> None:  # type: ignore[override]
        """Have it called when the result is there."""
        super().add_done_callback(call)  # type: ignore[arg-type]

    def release(self) -> None:
        """Do nothing: a worker keeps no results."""


@dataclass
class _Worker:
    """A worker process, seen from here.

    Attributes
    ----------
    process, channel
        The process, and a connection to it.
    outbox
        Messages to send; None closes the connection. One that is stopped reads nothing, and nobody may wait for it.
    queue
        Tasks that wait for it, pickled.
    running
        Future of the task that it has; None when it is idle.
    silent_seconds
        How long nothing has come from it, while this process ran.
    """

    process: Any
    channel: Any
    outbox: SimpleQueue[bytes | None] = field(default_factory=SimpleQueue)
    queue: deque[tuple[LocalFuture, bytes]] = field(default_factory=deque)
    running: LocalFuture | None = None
    silent_seconds: float = 0.0

    def send_all(self) -> None:
        """Send what is in the outbox, in a thread of its own; then hang up."""
        with suppress(OSError):
            for message in iter(self.outbox.get, None):
                self.channel.send_bytes(message)
        # To close it would not end a thread that reads, nor reach the other side until that ends.
        with suppress(OSError), socket.socket(fileno=os.dup(self.channel.fileno())) as end:
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def local_workers(workers: int, zygote: ZygoteProcess | None = None) -> Iterator[LocalWorkers]:
    """Start workers on this machine, and end them afterwards.

    Parameters
    ----------
    workers
        Number of workers. They join one by one; this does not wait for them.
    zygote
        One that they share; None when each starts its own.
    """
    start_forkserver()
    pool = LocalWorkers(workers, zygote)
    try:
        yield pool
    finally:
        pool.close()


class LocalWorkers:
    """Worker processes on this machine. One that ends is replaced; what it was at is not run again here.

    Parameters
    ----------
    workers, zygote
        See :func:`local_workers`.
    """

    def __init__(self, workers: int, zygote: ZygoteProcess | None = None) -> None:
        self._zygote = zygote
        self._numbers = count(1)
        self._workers: dict[str, _Worker] = {}
        self._queue: deque[tuple[LocalFuture, bytes]] = deque()
        self._changed = threading.Condition()
        self._processes: list[Any] = []
        self._failure: Exception | None = None
        self._closed = False
        for _ in range(workers):
            _in_thread(self._add_worker)
        _in_thread(self._watch)

    def nthreads(self) -> dict[str, int]:
        """Return the names of the workers that are there, with one thread each."""
        with self._changed:
            return dict.fromkeys(self._workers, 1)

    def wait_for_workers(self, workers: int, timeout: float) -> None:
        """Wait until so many are there.

        Raises
        ------
        RuntimeError
            When none can be started.
        TimeoutError
            When it takes too long.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._failure or len(self._workers) >= workers, timeout)
            if len(self._workers) < workers:
                raise RuntimeError(str(self._failure)) if self._failure else TimeoutError("no worker has started")

    def submit(
        self, function: Callable[..., Any], *arguments: object, workers: Sequence[str] = (), **_: object
    ) -> LocalFuture:
        """Have a function called in a worker, with anything that can be pickled.

        Parameters
        ----------
        function, arguments
            What to call.
        workers
            Name of the worker to use; any of them when empty.
        """
        future, task = LocalFuture(), pickle.dumps((function, arguments))
        with self._changed:
            worker = self._workers.get(workers[0]) if workers else None
            if worker or not workers:
                (worker.queue if worker else self._queue).append((future, task))
                self._assign()
        if workers and not worker:
            future.set_exception(WorkerGoneError())
        return future

    def close(self) -> None:
        """End all workers."""
        with self._changed:
            self._closed = True
            for worker in self._workers.values():
                # It ends when it reads the end.
                worker.outbox.put(None)
        end = time.monotonic() + CLOSE_SECONDS
        for process in self._processes:
            process.join(max(0.0, end - time.monotonic()))
            process.kill()

    def _add_worker(self) -> None:
        """Start one, in a thread of its own: the fork server may still import, or have been stopped."""
        while not self._closed:
            ours, theirs = multiprocessing.Pipe()
            shared = self._zygote.share() if self._zygote else None
            context: Any = multiprocessing.get_context(START_METHOD)
            process = context.Process(target=serve, args=(theirs, shared), daemon=True)
            try:
                process.start()
            except Exception as error:
                ours.close()
                if self._closed:
                    return
                log.exception("A worker cannot be started")
                with self._changed:
                    self._failure = error
                    self._changed.notify_all()
                time.sleep(POLL_SECONDS)
                continue
            finally:
                theirs.close()
                if shared:
                    shared.close()
            name, new = f"worker-{next(self._numbers)}", _Worker(process, ours)
            with self._changed:
                self._processes = [each for each in self._processes if each.is_alive()] + [process]
                self._workers[name] = new
                self._assign()
                self._changed.notify_all()
                if self._closed:
                    new.outbox.put(None)
            _in_thread(new.send_all)
            _in_thread(self._receive_all, name, new)
            return

    def _assign(self) -> None:
        """Give idle workers a task each; the lock is held."""
        for worker in self._workers.values():
            if worker.running is None and (queue := worker.queue or self._queue):
                worker.running, task = queue.popleft()
                worker.outbox.put(task)

    def _receive_all(self, name: str, worker: _Worker) -> None:
        """Take what a worker sends, in a thread of its own; when it ends, start another."""
        with suppress(EOFError, OSError):
            while True:
                message = worker.channel.recv_bytes()
                worker.silent_seconds = 0.0
                if message:
                    self._settle(worker, message)
        with self._changed:
            self._workers.pop(name, None)
        worker.outbox.put(None)
        if not self._closed:
            worker.process.kill()
        for future in (worker.running, *(future for future, _ in worker.queue)):
            if future:
                future.set_exception(WorkerGoneError())
        self._add_worker()

    def _settle(self, worker: _Worker, message: bytes) -> None:
        with self._changed:
            future, worker.running = worker.running, None
            self._assign()
        if future:
            result, error = pickle.loads(message)  # noqa: S301 - a worker's, which is trusted with results
            future.set_exception(error) if error else future.set_result(result)

    def _watch(self) -> None:
        """Kill workers that are silent for too long, in a thread of its own."""
        last = last_ping = time.monotonic()
        while not self._closed:
            time.sleep(min(POLL_SECONDS, PING_SECONDS))
            now = time.monotonic()
            # Time in which this process was stopped counts for nobody.
            passed, last = min(now - last, 2 * POLL_SECONDS), now
            with self._changed:
                workers = list(self._workers.items())
            for name, worker in workers:
                worker.silent_seconds += passed
                if worker.silent_seconds > MAX_SILENT_SECONDS:
                    log.warning("%s is silent", name)
                    worker.process.kill()
                elif now - last_ping >= PING_SECONDS:
                    worker.outbox.put(b"")
            if now - last_ping >= PING_SECONDS:
                last_ping = now


def _in_thread(function: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=function, args=arguments, daemon=True).start()


def serve(channel: Any, zygote: socket.socket | None) -> None:  # noqa: ANN401 - a connection of multiprocessing's
    """Run tasks in a worker until the other side closes the connection.

    Parameters
    ----------
    channel
        Sends pickled tasks, and empty messages, which are answered by empty ones.
    zygote
        From :meth:`bptt_instructor.grading.kernel_client.zygote_process.ZygoteProcess.share`.
    """
    use_zygote(zygote)
    tasks: SimpleQueue[bytes] = SimpleQueue()
    sending = threading.Lock()

    def send(message: bytes) -> None:
        with sending:
            channel.send_bytes(message)

    def run_tasks() -> None:
        while True:
            function, arguments = pickle.loads(tasks.get())  # noqa: S301 - from the instructor's process
            try:
                message = pickle.dumps((function(*arguments), None))
            except Exception as error:  # noqa: BLE001 - raised over there
                message = pickle.dumps((None, RuntimeError(f"{type(error).__name__}: {error}")))
            send(message)

    # In another thread than the main one, so that a deadline ends the process, whatever it is busy with.
    _in_thread(run_tasks)
    with suppress(EOFError, OSError):
        while True:
            message = channel.recv_bytes()
            if message:
                tasks.put(message)
            else:
                send(b"")
    os._exit(0)
