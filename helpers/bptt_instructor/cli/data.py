"""The command ``bptt data``: the learner's download, listed among the instructor's commands."""

from __future__ import annotations

import sys

import click


@click.command(add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def data(arguments: tuple[str, ...]) -> None:
    """Fetch what lessons train on."""
    # bptt runs this command without bptt_instructor, too; it is here so that --help lists it.
    from bptt.__main__ import main

    sys.exit(main(["data", *arguments]))
