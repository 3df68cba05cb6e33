"""What a course's ``nbgrader_config.py`` says about grading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bptt_instructor.grading.limits import Limits

if TYPE_CHECKING:
    from traitlets.config import Config


def limits(config: Config) -> Limits:
    """Return what a submission may use: ``c.Limits``, and nbgrader's own ``c.Execute.timeout`` for a cell."""
    chosen: dict[str, Any] = dict(config.get("Limits", {}))
    seconds = config.get("Execute", {}).get("timeout")
    return Limits(**({"cell_seconds": float(seconds)} if seconds else {}) | chosen)
