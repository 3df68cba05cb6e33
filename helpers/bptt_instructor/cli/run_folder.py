"""One folder for all temporary files of a command and the processes that it starts, removed when it ends.

Exit handlers do not run in every process: multiprocessing's children skip them, and a killed process runs none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

PREFIX = "bptt-run-"
MAX_PARENT_BYTES = 50
"""Longest path of what the folder is in: its name and what multiprocessing adds are 50 more, of 107 for a socket."""
AFTER_MULTIPROCESSING = -200
"""Priority of the removal; multiprocessing removes its own folder, which is inside, with -100."""


@cache
def use_run_folder() -> None:
    """Make the folder, in ``TMPDIR`` or where a short path is possible, and remove those of killed commands.

    Raises
    ------
    OSError
        When no temporary files can be written at all.
    """
    parent = tempfile.gettempdir()
    if len(os.fsencode(parent)) > MAX_PARENT_BYTES and os.access("/tmp", os.W_OK | os.X_OK):  # noqa: S108 - mkdtemp makes a private folder
        parent = "/tmp"  # noqa: S108
    _remove_abandoned(Path(parent))
    new = tempfile.mkdtemp(prefix="bptt-", dir=parent)
    # The system takes the lock back when this process ends. Processes that it starts do not inherit it.
    lock = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    # Under this name, the folder would be removed by others while nobody holds its lock.
    folder = str(Path(new).rename(Path(parent, f"{PREFIX}{Path(new).name}")))
    os.environ["BPTT_TMPDIR"] = parent
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    Finalize(None, _remove, args=(folder,), exitpriority=AFTER_MULTIPROCESSING)


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders of this user's commands that were killed: nobody holds their locks."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _remove(str(folder))
            finally:
                os.close(lock)


def _remove(folder: str) -> None:
    for parent, names, _ in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)  # noqa: PTH118 - as os.walk has it
            # What ran without a sandbox may have locked its folders.
            with suppress(OSError):
                if not os.path.islink(path):  # noqa: PTH114
                    os.chmod(path, 0o700)  # noqa: PTH101
    shutil.rmtree(folder, ignore_errors=True)
