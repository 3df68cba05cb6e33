"""Command group ``main`` of ``bptt``; a command imports its backend only when it runs.

So ``--help`` is quick.
"""

import click

from bptt_instructor.cli.build import build
from bptt_instructor.cli.collect import collect
from bptt_instructor.cli.data import data
from bptt_instructor.cli.doctor import doctor
from bptt_instructor.cli.export import export
from bptt_instructor.cli.grade import grade
from bptt_instructor.cli.new_lesson import new_lesson
from bptt_instructor.cli.release import release
from bptt_instructor.cli.report import report
from bptt_instructor.config import ConfigError

COMMANDS = (doctor, new_lesson, build, release, collect, grade, report, export, data)
"""All commands, in the order in which a term needs them."""


class OrderedGroup(click.Group):
    """Command group that lists its commands in the order in which they were added, and tells what a course lacks."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a wrong setting ends it with one line."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise click.ClickException(str(error)) from None

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(self.commands)


@click.group(cls=OrderedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bptt", message="%(prog)s %(version)s")
def main() -> None:
    """Run the course: build its lessons, hand them out, grade what comes back, and see what the class misunderstands.

    Each command has its own --help, with examples.
    """


for command in COMMANDS:
    main.add_command(command)
