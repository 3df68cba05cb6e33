"""How long a check takes, and what ``import bptt`` adds to ``import numpy``.

Run with ``python tests/benchmarks/check.py``. Times are medians, in milliseconds; the target for a check is 100 ms.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "check"))

from attempts import WRONG, tidy
from bptt import check
from bptt.check.html import as_html

EXERCISE = check.EXERCISES["rnn_cell_backward"]


def milliseconds(action: Callable[[], object], runs: int = 20) -> float:
    """Return the median time of one call."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def start_up(statement: str) -> float:
    """Return the median time of a Python process that runs one statement."""
    return milliseconds(lambda: subprocess.run([sys.executable, "-c", statement], check=True), 9)


if __name__ == "__main__":
    print(f"{'right':32}{milliseconds(lambda: check.run(EXERCISE, tidy)):8.1f} ms")
    for identifier, (_, function) in WRONG.items():
        print(f"{identifier:32}{milliseconds(lambda f=function: as_html(check.run(EXERCISE, f))):8.1f} ms")
    numpy, bptt = start_up("import numpy"), start_up("import numpy, bptt.check, bptt.inputs, bptt.viz")
    print(f"{'import numpy':32}{numpy:8.1f} ms\n{'and bptt.check, inputs, viz':32}{bptt - numpy:+8.1f} ms")
