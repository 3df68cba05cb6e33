"""``Limits``: resource bounds of a submission."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from traitlets.config import Config

MB = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Resource bounds of one submission, well above what honest ones need.

    Attributes
    ----------
    cell_seconds, notebook_seconds
        Wall time of one cell, and of all cells together.
    answer_seconds
        Wall time of one call of a learner's function by the judge.
    cpu_seconds
        CPU time of one process.
    memory_bytes
        Resident memory of all processes together, measured from outside.
    process_bytes
        Address space of one process; more than ``memory_bytes``, because much of it is never touched.
    processes, open_files
        Number of processes, and of open files of each, at a time.
    file_bytes, disk_bytes
        Size of one file, and of each of the home folder, ``/tmp`` and ``/dev/shm``.
    cell_output_bytes, output_bytes
        Output that is kept for one cell, and output that is read at all before the kernel is stopped.
    message_bytes
        Size of one message from the kernel.
    """

    cell_seconds: float = 120.0
    notebook_seconds: float = 600.0
    answer_seconds: float = 20.0
    cpu_seconds: int = 600
    memory_bytes: int = 2_000 * MB
    process_bytes: int = 4_000 * MB
    processes: int = 64
    open_files: int = 512
    file_bytes: int = 100 * MB
    disk_bytes: int = 200 * MB
    cell_output_bytes: int = 1 * MB
    output_bytes: int = 50 * MB
    message_bytes: int = 8 * MB

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Read ``c.Limits`` of a configuration, and nbgrader's own ``c.Execute.timeout`` for a cell."""
        chosen: dict[str, Any] = dict(config.get("Limits", {}))
        seconds = config.get("Execute", {}).get("timeout")
        return cls(**({"cell_seconds": float(seconds)} if seconds else {}) | chosen)

    def as_dict(self) -> dict[str, float]:
        """Return the bounds by name, as plain JSON types."""
        return asdict(self)
