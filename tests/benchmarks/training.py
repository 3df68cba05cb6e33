"""How well and how fast lesson 04 trains: one step, film reviews, and the adding problem, beside PyTorch.

``python tests/benchmarks/training.py --help`` says how to run it; docs/training.md says what came out.
"""

import os
from importlib.util import find_spec

import click
from backward import machine
from rich.console import Console

NO_LIBRARIES = """PyTorch or scikit-learn is not installed, so some numbers are left out. To have them:
  .venv/bin/python -m pip install --target build/benchmark torch==2.13.0 scikit-learn==1.9.1
  PYTHONPATH=build/benchmark .venv/bin/python tests/benchmarks/training.py
The CPU build is enough; build/ is never committed, and the course itself stays without them."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", default=15, show_default=True, type=click.IntRange(min=1), help="Turns, to time one step.")
@click.option("--epochs", default=4, show_default=True, type=click.IntRange(min=1), help="Of reading the reviews.")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(min=1), help="Trainings of each network.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(min=1), help="Of BLAS and of PyTorch.")
@click.option("--patience", default=60, show_default=True, help="Seconds to try for a turn that nothing disturbs.")
def main(*, rounds: int, epochs: int, seeds: int, threads: int, patience: int) -> None:
    """Train what lesson 04 trains, and print three tables. It takes about a quarter of an hour.

    \b
    Examples:
      python tests/benchmarks/training.py
      python tests/benchmarks/training.py --rounds 3 --seeds 1    a first look
    """  # noqa: D301 - click wants a real \b above lines that it must not join
    # A BLAS reads this when NumPy loads it.
    os.environ.update({f"{library}_NUM_THREADS": str(threads) for library in ("OPENBLAS", "MKL", "OMP")})
    from training_candidates import torch  # noqa: PLC0415
    from training_tables import adding, one_step, reading  # noqa: PLC0415

    from bptt.data import reviews  # noqa: PLC0415
    from bptt.data.review_file import cache_path  # noqa: PLC0415

    if torch:
        torch.set_num_threads(threads)
    if not cache_path().is_file():
        raise click.ClickException("There are no film reviews yet: type 'bptt data reviews', once.")
    console, errors = Console(), Console(stderr=True)
    console.print(one_step(reviews(), rounds, patience, errors))
    console.print(reading(reviews(), epochs, seeds, errors))
    console.print(adding(seeds, errors))
    console.print(machine(threads), highlight=False)
    if not (torch and find_spec("sklearn")):
        errors.print(NO_LIBRARIES, style="yellow", highlight=False)


if __name__ == "__main__":
    main()
