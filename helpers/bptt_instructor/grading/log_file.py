"""One file for whatever is said while grading, by anybody; the terminal is for what an instructor needs."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def log_to_file(path: Path, mode: str = "a") -> Iterator[None]:
    """Send every log message and warning to a file, and none to the terminal.

    Parameters
    ----------
    path
        The file.
    mode
        ``"w"`` begins it anew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode=mode, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    talkative = [logging.getLogger(name) for name in ("traitlets", "bptt", "bptt_instructor")]
    levels = [logger.level for logger in talkative]
    root.addHandler(handler)
    for logger in talkative:
        logger.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        for logger, level in zip(talkative, levels, strict=True):
            logger.setLevel(level)
        root.removeHandler(handler)
        handler.close()
