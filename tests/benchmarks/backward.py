"""Time the LSTM's backward pass: lesson 03's two solutions, also in float32; PyTorch; and the bare matrix products.

``python tests/benchmarks/backward.py --help`` says how to run it; docs/speed.md says what came out.
"""

import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table

if TYPE_CHECKING:
    from backward_candidates import Candidates, Sizes

SIZES = [(3, 5, 10, 7), (27, 50, 1, 30), (64, 128, 64, 100), (128, 256, 64, 100)]
"""n_x, n_a, m, T_x."""
RATIOS = [
    ("per gate", "fused"),
    ("PyTorch float64", "fused"),
    ("PyTorch float32", "fused float32"),
    ("fused", "fused float32"),
    ("fused", "products"),
]
PAUSE, WARM, TIMED = 0.1, 0.02, 0.2
"""Seconds: of rest before a candidate's turn, of calls that are not timed, and of calls that are (one at least)."""
DISTURBED = 0.15
"""Other programs disturb a turn when they have more than this share of one core."""
NO_PYTORCH = """PyTorch is not installed, so its columns are left out. To have them:
  .venv/bin/python -m pip install --target build/benchmark torch==2.13.0
  PYTHONPATH=build/benchmark .venv/bin/python tests/benchmarks/backward.py
The CPU build is enough; build/ is never committed, and the course itself stays without PyTorch."""

R = TypeVar("R")
Times = dict[str, list[float]]
"""Milliseconds of each round, by candidate."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(min=1), help="Turns of each candidate.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(min=1), help="Of BLAS and of PyTorch.")
@click.option("--patience", default=60, show_default=True, help="Seconds to try for a turn that nothing disturbs.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Also draw the picture of docs/speed.md.")
def main(*, rounds: int, threads: int, patience: int, plot: Path | None) -> None:
    """Time the LSTM's backward pass, at four sizes, and print what came out. It takes about two minutes.

    Before anything is timed, all gradients are compared with those of lesson 03. Then the candidates take turns, so
    that heat or cold meets all of them. A turn that other programs disturb is taken again.

    \b
    Examples:
      python tests/benchmarks/backward.py
      python tests/benchmarks/backward.py --rounds 3    a first look
      python tests/benchmarks/backward.py --patience 600    on a machine that is seldom quiet
      python tests/benchmarks/backward.py --plot docs/pictures/backward_speed.png
    """  # noqa: D301 - click wants a real \b above lines that it must not join
    # A BLAS reads this when NumPy loads it.
    os.environ.update({f"{library}_NUM_THREADS": str(threads) for library in ("OPENBLAS", "MKL", "OMP")})
    from backward_candidates import LESSON, Sizes, candidates, torch  # noqa: PLC0415

    if torch:
        torch.set_num_threads(threads)
    console, errors = Console(), Console(stderr=True)
    measured, disturbed = {}, 0
    for sizes in map(Sizes._make, SIZES):
        try:
            found = candidates(sizes)
        except (FileNotFoundError, KeyError) as missing:
            raise click.ClickException(f"{LESSON.name} has to define both backward passes: {missing}.") from None
        measured[sizes], turns = take_turns(found, rounds, patience, errors)
        disturbed += turns
    console.print(*tables(measured))
    console.print(f"Medians of {rounds} rounds. {machine(threads)}", highlight=False)
    if disturbed:
        errors.print(f"Other programs disturbed {disturbed} turns: run it again on a quiet machine.", style="yellow")
    if not torch:
        errors.print(NO_PYTORCH, style="yellow", highlight=False)
    if plot:
        from backward_plot import picture  # noqa: PLC0415 - matplotlib is not needed for the tables

        plot.write_bytes(picture(measured).png(scale=2))
        console.print(f"Drawn: {plot}")


def take_turns(found: "Candidates", rounds: int, patience: int, console: Console) -> tuple[Times, int]:
    """Time all candidates in each round, one after the other; say also how many turns were disturbed to the last."""
    times: Times = {name: [] for name in found}
    disturbed = 0
    for _ in track(range(rounds), "Rounds", console=console, transient=True):
        for name, action in found.items():
            time_of_one, alone = turn(action, patience)
            times[name].append(time_of_one)
            disturbed += not alone
    return times, disturbed


def turn(action: Callable[[], object], patience: int) -> tuple[float, bool]:
    """Return the median milliseconds of a call, and whether the machine had nothing else to do meanwhile."""
    give_up = time.monotonic() + patience
    while True:
        # Threads of the library that was at work before still wait for more, and would take this one's cores.
        _, alone = watched(lambda: time.sleep(PAUSE))
        late = time.monotonic() > give_up
        if alone or late:
            for_a_while(action, WARM)
            times, alone = watched(lambda: for_a_while(action, TIMED))
            if alone or late:
                return statistics.median(times), alone


def watched(act: Callable[[], R]) -> tuple[R, bool]:
    """Do something, and return what came out and whether other programs left the processor alone."""
    start, others = time.perf_counter(), used_by_others()
    result = act()
    return result, used_by_others() - others < DISTURBED * (time.perf_counter() - start)


def used_by_others() -> float:
    """Return the seconds of processor time that went to other programs since the machine was started."""
    spent = psutil.cpu_times()
    return sum(spent) - spent.idle - getattr(spent, "iowait", 0.0) - time.process_time()


def for_a_while(action: Callable[[], object], seconds: float) -> list[float]:
    """Call an action for some time, once at least, and return the milliseconds of each call."""
    times: list[float] = []
    while sum(times) < 1000 * seconds:
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    return times


def tables(measured: "dict[Sizes, Times]") -> list[Table]:
    """Lay out the medians, in milliseconds, and the medians of the ratios within each round."""
    names = list(next(iter(measured.values())))
    pairs = [pair for pair in RATIOS if set(pair) <= set(names)]
    times, ratios = Table(title="Backward pass of an LSTM, in milliseconds"), Table(title="How many times as long")
    short = [name.replace(" ", "\n") for name in names]
    for result, columns in (times, short), (ratios, [f"{slow}\nagainst {quick}" for slow, quick in pairs]):
        for name in (*["n_x", "n_a", "m", "T_x"], *columns):
            result.add_column(name, justify="right")
    for sizes, found in measured.items():
        times.add_row(*map(str, sizes), *(digits(statistics.median(found[name])) for name in names))
        ratios.add_row(*map(str, sizes), *(digits(ratio(found, *pair)) for pair in pairs))
    return [times, ratios]


def digits(number: float) -> str:
    """Write a number so that two digits count, or all of those before the point."""
    return f"{number:.0f}" if number >= 10 else f"{number:#.2g}"


def ratio(times: Times, slow: str, quick: str) -> float:
    """Return how many times as long one candidate takes, comparing within rounds."""
    return statistics.median(a / b for a, b in zip(times[slow], times[quick], strict=True))


def machine(threads: int) -> str:
    """Say what the times were measured with, as far as it matters for them."""
    import numpy as np  # noqa: PLC0415 - not before the number of threads is set
    from backward_candidates import torch  # noqa: PLC0415

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    said = [f"{os.cpu_count()} cores", f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    said.append(f"{blas['name']} {blas['version']} with {threads} threads")
    if torch:
        said.append(f"PyTorch {torch.__version__} with {torch.get_num_threads()}")
    return ", ".join(said) + "."


if __name__ == "__main__":
    main()
