"""Shared click options (``--course``) and exit codes."""

from __future__ import annotations

from pathlib import Path

import click

EXIT_INTERRUPTED = 130
"""Exit code of a command that Ctrl-C stopped, as shells have it: 128 and the number of SIGINT."""


def _course_folder(_context: click.Context, _option: click.Parameter, folder: Path) -> Path:
    """Return the folder, when it has an ``nbgrader_config.py`` that Python can parse."""
    config = folder / "nbgrader_config.py"
    if not config.is_file():
        raise click.BadParameter(
            f"there is no nbgrader_config.py in {folder}; go to the course folder, or name it with --course."
        )
    try:
        compile(config.read_bytes(), config, "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise click.BadParameter(f"{config} is not Python, at line {line}: {error}. Mend it first.") from None
    return folder


course_option = click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    callback=_course_folder,
    help="The folder of nbgrader_config.py; the current one unless said otherwise.",
)
