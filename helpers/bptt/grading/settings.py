"""What a course's ``nbgrader_config.py`` says about grading."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bptt.grading.limits import Limits

if TYPE_CHECKING:
    from traitlets.config import Config


def limits(config: Config) -> Limits:
    """Return what a submission may use: ``c.Limits``, and nbgrader's own ``c.Execute.timeout`` for a cell."""
    chosen: dict[str, Any] = dict(config.get("Limits", {}))
    seconds = config.get("Execute", {}).get("timeout")
    return Limits(**({"cell_seconds": float(seconds)} if seconds else {}) | chosen)


def secret(config: Config) -> bytes:
    """Return what test inputs are derived from. It is made once for a course, and kept from students."""
    path = Path(config["CourseDirectory"]["root"]) / "grading.secret"
    with suppress(FileExistsError), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()
