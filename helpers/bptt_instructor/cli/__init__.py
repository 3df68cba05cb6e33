"""Command group ``main`` of ``bptt``; a command imports its backend only when it runs.

So ``--help`` is quick.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

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
        try:
            # Python would end at once.
            signal.signal(signal.SIGTERM, _end)
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


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def _repeat_lost_signal(lost: sys.UnraisableHookArgs) -> None:
    """Send a signal again whose exception was lost, because it came while Python finalised an object."""
    numbers = {KeyboardInterrupt: signal.SIGINT, Terminated: signal.SIGTERM}
    if lost.exc_type in numbers:
        threading.Timer(0.05, os.kill, (os.getpid(), numbers[lost.exc_type])).start()
    else:
        sys.__unraisablehook__(lost)


@click.group(cls=OrderedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bptt", message="%(prog)s %(version)s")
def main() -> None:
    """Run the course: build its lessons, hand them out, grade what comes back, and see what the class misunderstands.

    Each command has its own --help, with examples.
    """


for command in COMMANDS:
    main.add_command(command)
