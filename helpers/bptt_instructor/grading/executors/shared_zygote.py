"""Start the zygote that all submissions of a run share, before what takes long to import."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bptt_instructor.config import check_suite_name, load_check_suite
from bptt_instructor.grading.kernel_client.zygote_process import ZygoteProcess
from bptt_instructor.grading.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from traitlets.config import Config


@contextmanager
def shared_zygote(config: Config) -> Iterator[ZygoteProcess | None]:
    """Start a zygote, and end it afterwards; None where it cannot start.

    Parameters
    ----------
    config
        The course's ``nbgrader_config.py``.

    Raises
    ------
    ConfigError
        When that names a check suite that does not exist.
    """
    suite = load_check_suite(check_suite_name(config))
    zygote = None
    # Who needs it tries again, and tells what is wrong when that fails, too.
    with suppress(OSError):
        zygote = ZygoteProcess(Limits.from_config(config), suite, sandboxed=True)
    try:
        yield zygote
    finally:
        if zygote:
            zygote.close()
