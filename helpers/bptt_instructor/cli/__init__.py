"""Command group ``main`` of ``bptt``; a command imports its backend only when it runs.

So ``--help`` is quick.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bptt_instructor.cli.build import build
from bptt_instructor.cli.collect import collect
from bptt_instructor.cli.doctor import doctor
from bptt_instructor.cli.errors import describe
from bptt_instructor.cli.export import export
from bptt_instructor.cli.grade import grade
from bptt_instructor.cli.learners import data, lab
from bptt_instructor.cli.new_lesson import new_lesson
from bptt_instructor.cli.options import EXIT_INTERRUPTED, chosen_course
from bptt_instructor.cli.release import release
from bptt_instructor.cli.report import report

if TYPE_CHECKING:
    from types import FrameType

COMMANDS = (doctor, new_lesson, build, release, collect, grade, report, export, lab, data)
"""All commands, in the order in which a term needs them."""


class OrderedGroup(click.Group):
    """Command group that lists its commands in the order in which they were added, and tells errors in one line."""

    def __call__(self, *arguments: object, **options: object) -> object:
        """Run as the program of this process: with temporary files of its own, which are removed when it ends."""
        # At its end, Python looks for garbage in all that was imported, time and again: 0.1 s of every command.
        atexit.register(gc.freeze)
        try:
            # With Python's own, this process would end at once.
            signal.signal(signal.SIGTERM, _stop)
            # Where it is ignored, as behind a shell's "&", it stays so.
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                signal.signal(signal.SIGINT, _stop)
            sys.unraisablehook = _repeat_lost_signal
            if sys.platform != "win32":
                # There, no command starts processes that could leave files behind.
                from bptt_instructor.cli.run_folder import use_run_folder

                use_run_folder()
        except OSError as error:
            sys.exit(f"Error: {describe(error, None)}")
        return super().__call__(*arguments, **options)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; an error ends it with one line, and Ctrl-C with the exit code that shells have for it."""
        try:
            return super().invoke(ctx)
        except Terminated:
            raise click.exceptions.Exit(128 + signal.SIGTERM) from None
        except KeyboardInterrupt:
            raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            # The last is a reader like "head" that has seen enough: click ends without a word.
            raise
        except Exception as error:  # noqa: BLE001 - described, with its traceback in a file
            raise click.ClickException(describe(error, chosen_course(ctx))) from None

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(self.commands)


class Terminated(KeyboardInterrupt):
    """SIGTERM has come. It ends a command as Ctrl-C does, and nothing that ends one student's row catches it."""


STOPS: dict[int, type[BaseException]] = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: Terminated}
"""What is raised when a signal comes that stops a command."""
SECONDS_TO_REPEAT = 0.05
MAX_LATE_SECONDS = 10.0
"""How long a stop may wait for code that is not to be interrupted."""
NOT_INTERRUPTED = (
    # Modules made by Cython drop what is raised while they are imported.
    "<frozen importlib",
    # The fork server would end with a traceback, and so would a connection to the gradebook.
    *(str(Path("multiprocessing", name)) for name in ("forkserver.py", "popen_forkserver.py")),
    str(Path("sqlalchemy", "pool", "base.py")),
)
"""Parts of the names of files with such code, which is done in a moment."""
_late_since: dict[int, float] = {}


def _stop(number: int, frame: FrameType | None) -> None:
    """Raise what stops the command; a little later while something is done that is not to be interrupted."""
    since = _late_since.setdefault(number, time.monotonic())
    while frame and time.monotonic() - since < MAX_LATE_SECONDS:
        if any(part in frame.f_code.co_filename for part in NOT_INTERRUPTED):
            _repeat(number)
            return
        frame = frame.f_back
    del _late_since[number]
    raise STOPS[number]


def _repeat_lost_signal(lost: sys.UnraisableHookArgs) -> None:
    """Send a signal again whose exception was lost, because it came while Python finalised an object."""
    number = next((number for number, raised in STOPS.items() if raised is lost.exc_type), None)
    if number is None:
        sys.__unraisablehook__(lost)
    else:
        _repeat(number)


def _repeat(number: int) -> None:
    # To the process, so that it wakes the main thread up; on Windows, that would end it.
    send = signal.raise_signal if sys.platform == "win32" else partial(os.kill, os.getpid())
    timer = threading.Timer(SECONDS_TO_REPEAT, send, (number,))
    # A command that is done does not wait for it.
    timer.daemon = True
    timer.start()


@click.group(cls=OrderedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bptt", message="%(prog)s %(version)s")
def main() -> None:
    """Run the course: build its lessons, hand them out, grade what comes back, and see what the class misunderstands.

    Each command has its own --help, with examples.
    """


for command in COMMANDS:
    main.add_command(command)
