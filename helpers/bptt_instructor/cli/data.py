"""``bptt data``."""

from __future__ import annotations

import sys

import click

from bptt_instructor.cli.stopped import STOPPED


@click.group()
def data() -> None:
    """Fetch what lessons train on."""


@data.command()
def reviews() -> None:
    """Fetch the film reviews of lesson 4: once, 2.4 MB, through pip, into your cache folder.

    They are about 9,000 sentences from real reviews, rated by people: part of the source archive of the package
    vaderSentiment 0.5, under the MIT licence. Without them the lesson makes up reviews of its own.

    \b
    Examples:
      bptt data reviews
    """
    from bptt.data.fetch import FetchError, fetch

    try:
        click.echo(fetch())
    except FetchError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        sys.exit(STOPPED)
