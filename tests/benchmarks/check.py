"""How long checks take, and what ``import bptt`` adds to ``import numpy``.

Run with ``python tests/benchmarks/check.py``. Times are medians, in milliseconds; the target is 100 ms for a
cell, 150 ms for a sequence and 200 ms for a sequence of LSTM cells, impulse test included.
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
from bptt.check.exercise import Exercise
from bptt.check.report_html import as_html
from test_lstm_fused import WRONG as WRONG_FUSED
from test_lstm_fused import written as written_fused
from test_lstm_sequence import RAISES as RAISING_LSTM_LOOPS
from test_lstm_sequence import WRONG as WRONG_LSTM_LOOPS
from test_lstm_sequence import written as written_lstm
from test_rnn_sequence import WRONG as WRONG_LOOPS
from test_rnn_sequence import written
from test_rnn_truncated import WRONG as WRONG_WINDOWS

CELL = check.EXERCISES["rnn_cell_backward"]
TRUNCATED = check.EXERCISES["rnn_backward_truncated"]
LOOPS = [
    (check.EXERCISES[name], write, wrong, unknown)
    for name, write, wrong, unknown in (
        ("rnn_backward", written, WRONG_LOOPS, ("+ da_prevt", "+ 0.9 * da_prevt")),
        ("lstm_backward", written_lstm, [*WRONG_LSTM_LOOPS, *RAISING_LSTM_LOOPS], ("+ da_prevt", "+ 0.9 * da_prevt")),
        ("lstm_backward_fused", written_fused, WRONG_FUSED, ("+ da_prevt", "+ 0.9 * da_prevt")),
    )
]


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


def show(name: str, exercise: Exercise, function: Callable[..., object]) -> None:
    """Print how long one check takes, report included."""
    print(f"{name:36}{milliseconds(lambda: as_html(check.run(exercise, function))):8.1f} ms")


if __name__ == "__main__":
    show("right", CELL, tidy)
    for identifier, (_, function) in WRONG.items():
        show(identifier, CELL, function)
    for exercise, write, wrong, unknown in LOOPS:
        print(exercise.name)
        show("right", exercise, write())
        for identifier, *_, changes in wrong:
            show(identifier, exercise, write(*changes))
        show("unknown mistake in the loop", exercise, write(unknown))
    for identifier, window in WRONG_WINDOWS.items():
        show(identifier, TRUNCATED, window)
    numpy, bptt = start_up("import numpy"), start_up("import numpy, bptt.check, bptt.inputs, bptt.viz")
    print(f"{'import numpy':36}{numpy:8.1f} ms\n{'and bptt.check, inputs, viz':36}{bptt - numpy:+8.1f} ms")
