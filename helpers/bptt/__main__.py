"""Command line entry point of learners: ``bptt lab``, ``bptt data reviews``.

Passes other commands to the instructor's package if that is installed.
"""

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    # "python -m" puts the current folder first, where a file could pass for any module that is imported below.
    del sys.path[0]

import argparse
import io
import os
import re
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, entry_points, requires, version
from pathlib import Path

from bptt.safe_path import use_safe_path
from bptt.wording import SUBSTITUTE

_GROUP, _NAME = "bptt.commands", "instructor"
"""The entry point that the instructor's package has for its commands."""
_EXTRA = "grading"
"""The extra that installs what those commands need."""
_EXIT_USAGE, _EXIT_INTERRUPTED = 2, 130
"""Exit codes after wrong usage, as argparse has it, and after Ctrl-C, as shells have it."""

_FIRST_LESSON = "notebooks/00_computation_graphs"
_LAB_HELP = """\
Open the lessons in JupyterLab, beginning with lesson 00. Ctrl-C ends it.

Any option of "jupyter lab" can be given, too. Where no browser can be
opened, the address to open is printed.
"""
_LAB_EXAMPLES = """\
examples:
  bptt lab
  bptt lab --port=9999
  bptt lab --no-browser
"""

_REVIEWS_HELP = """\
Fetch the film reviews of lesson 4: once, 2.4 MB, through pip, into your
cache folder.

They are about 9,000 sentences from real reviews, rated by people: part of
the source archive of the package vaderSentiment 0.5, under the MIT licence.
Without them the lesson makes up reviews of its own.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the command line when not given.

    Returns
    -------
    int
        The exit code. Wrong usage, help and the instructor's commands end Python themselves.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # On Windows, what a file or a pipe is written in has neither ticks nor every letter of a name.
            stream.reconfigure(errors=SUBSTITUTE)
    if arguments[:1] != ["lab"]:
        # Kernels would inherit it: there, learners may import what lies beside their notebook.
        use_safe_path()
    try:
        return _run_command(arguments)
    except KeyboardInterrupt:
        return _EXIT_INTERRUPTED


def _run_command(arguments: list[str]) -> int:
    if arguments[:1] not in (["lab"], ["data"], ["--version"]):
        reason = _run_instructor_command(arguments)
        if arguments and not arguments[0].startswith("-"):
            print(
                f'bptt {arguments[0]} is an instructor\'s command: it needs pip install "bptt[{_EXTRA}]" ({reason}). '
                "Learners need none of it; bptt --help lists what they have.",
                file=sys.stderr,
            )
            return _EXIT_USAGE
    return _run_learner_command(arguments)


def _run_instructor_command(arguments: list[str]) -> str:
    """Run a command of the instructor's package, which ends Python; return why that is not possible."""
    for entry in entry_points(group=_GROUP, name=_NAME):
        try:
            sys.exit(entry.load()(arguments))
        except ModuleNotFoundError as error:
            # With the whole extra installed, a missing module is a fault in the package: show the traceback.
            if error.name != entry.module.partition(".")[0] and not _is_extra_incomplete():
                raise
            return str(error)
    return "it is not installed"


def _is_extra_incomplete() -> bool:
    """Tell whether something is missing that the extra installs on every system."""
    for line in requires("bptt") or ():
        if re.search(rf"extra == .{_EXTRA}", line) and "sys_platform" not in line:
            name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
            try:
                distribution(name)
            except PackageNotFoundError:
                return True
    return False


def _run_learner_command(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bptt",
        description="What learners need besides their notebooks.",
        epilog=f'example:\n  bptt lab\n\nInstructors have more commands, with pip install "bptt[{_EXTRA}]".',
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="show the version, and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    parser.set_defaults(show=parser, run=None)
    lab = commands.add_parser(
        "lab",
        help="open the lessons in JupyterLab",
        usage="bptt lab [-h] [OPTION...]",
        description=_LAB_HELP,
        epilog=_LAB_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    lab.set_defaults(run=_open_lab)
    data = commands.add_parser("data", help="fetch what lessons train on", description="Fetch what lessons train on.")
    data.set_defaults(show=data)
    reviews = data.add_subparsers(title="commands", metavar="COMMAND").add_parser(
        "reviews",
        help="fetch the film reviews of lesson 4",
        description=_REVIEWS_HELP,
        epilog="example:\n  bptt data reviews",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    reviews.set_defaults(run=_fetch_reviews)

    chosen, others = parser.parse_known_args(arguments)
    if chosen.run is _open_lab:
        return _open_lab(arguments[1:])
    if others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    if chosen.version:
        print(f"bptt {version('bptt')}")
        return 0
    if chosen.run:
        return int(chosen.run())
    chosen.show.print_help(sys.stderr)
    return _EXIT_USAGE


def _open_lab(options: list[str]) -> int:
    """Run JupyterLab at the first lesson, in this process, so that Ctrl-C does what it does for ``jupyter lab``."""
    here = Path.cwd()
    course = next((folder for folder in (here, *here.parents) if (folder / _FIRST_LESSON).is_dir()), None)
    if not course:
        return _refuse(f"There is no {_FIRST_LESSON} here. Go to the course's folder first, then type bptt lab again.")
    try:
        run_lab = import_module("jupyterlab.labapp").main
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "jupyterlab":
            raise
        return _refuse('JupyterLab is not installed: type pip install ".[lab]" in the course\'s folder, then bptt lab.')
    os.chdir(course)
    # Below warnings, only the address to open is printed. The settings keep a question about news off the lesson.
    ours = {
        "--log-level": "WARN",
        "--LabApp.app_settings_dir": str(Path(__file__).with_name("lab_settings")),
        "--LabApp.default_url": f"/lab/tree/{_FIRST_LESSON}/{Path(_FIRST_LESSON).name}.ipynb",
    }
    given = {option.partition("=")[0] for option in options}
    flags = []
    # On Linux without a desktop, Python would try browsers made for terminals. Elsewhere a desktop is taken as given.
    if sys.platform == "linux" and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))):
        flags.append("--no-browser")
        if os.environ.get("SSH_CONNECTION"):
            tunnel = "ssh -N -L PORT:localhost:PORT THIS_MACHINE"
            print(f"To use it from your own computer, with the port shown below: {tunnel}", flush=True)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--allow-root")
    run_lab([*flags, *(f"{name}={value}" for name, value in ours.items() if name not in given), *options])
    return 0


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return _EXIT_USAGE


def _fetch_reviews() -> int:
    from bptt.data.fetch import FetchError, fetch  # noqa: PLC0415 - loads NumPy, which help does not need

    try:
        print(fetch())
    except FetchError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
