"""Context manager: send logging and warnings to a file.

The terminal is left to what an instructor needs.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def log_to_file(path: Path, mode: str = "a") -> Iterator[None]:
    """Send log messages and warnings to a file, and none to the terminal.

    Parameters
    ----------
    path
        The log file; its folder is made.
    mode
        ``"a"`` appends, ``"w"`` replaces what an earlier run wrote.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(path, mode=mode, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    loggers = [logging.getLogger(name) for name in ("traitlets", "bptt", "bptt_instructor")]
    levels = [logger.level for logger in loggers]
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        root.removeHandler(handler)
        handler.close()
