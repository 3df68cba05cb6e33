"""Start programs that end with the test that needs them."""

import subprocess
from contextlib import contextmanager


@contextmanager
def started(command, **options):
    """Start a program, and wait for its end; it is killed when the test fails, which would else wait for ever."""
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise
