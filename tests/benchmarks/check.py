"""How long checks take, and what ``import bptt`` adds to ``import numpy``.

Run with ``python tests/benchmarks/check.py``. Times are medians, in milliseconds; the target is 100 ms for a
cell and 150 ms for a sequence, impulse test included.
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
from test_rnn_sequence import WRONG as WRONG_LOOPS
from test_rnn_sequence import written
from test_rnn_truncated import WRONG as WRONG_WINDOWS

CELL = check.EXERCISES["rnn_cell_backward"]
SEQUENCE = check.EXERCISES["rnn_backward"]
TRUNCATED = check.EXERCISES["rnn_backward_truncated"]


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
    print(f"{'right':36}{milliseconds(lambda: check.run(CELL, tidy)):8.1f} ms")
    for identifier, (_, function) in WRONG.items():
        print(f"{identifier:36}{milliseconds(lambda f=function: as_html(check.run(CELL, f))):8.1f} ms")
    for identifier, _, changes in WRONG_LOOPS:
        loop = written(*changes)
        print(f"{identifier:36}{milliseconds(lambda f=loop: as_html(check.run(SEQUENCE, f))):8.1f} ms")
    unknown = written(("+ da_prevt", "+ 0.9 * da_prevt"))
    print(f"{'unknown mistake in the loop':36}{milliseconds(lambda: as_html(check.run(SEQUENCE, unknown))):8.1f} ms")
    for identifier, window in WRONG_WINDOWS.items():
        print(f"{identifier:36}{milliseconds(lambda f=window: as_html(check.run(TRUNCATED, f))):8.1f} ms")
    numpy, bptt = start_up("import numpy"), start_up("import numpy, bptt.check, bptt.inputs, bptt.viz")
    print(f"{'import numpy':36}{numpy:8.1f} ms\n{'and bptt.check, inputs, viz':36}{bptt - numpy:+8.1f} ms")
