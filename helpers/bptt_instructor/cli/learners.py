"""The commands ``bptt lab`` and ``bptt data``: the learner's, listed among the instructor's commands."""

from __future__ import annotations

import sys

import click


def _listed(name: str, help_line: str) -> click.Command:
    """Return a command that is here so that ``--help`` lists it: ``bptt`` runs it without bptt_instructor, too."""

    def run(arguments: tuple[str, ...]) -> None:
        from bptt.__main__ import main

        sys.exit(main([name, *arguments]))

    return click.Command(
        name,
        callback=run,
        params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
        help=help_line,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )


lab = _listed("lab", "Open the lessons in JupyterLab.")
data = _listed("data", "Fetch what lessons train on.")
