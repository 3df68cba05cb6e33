"""Lessons 02 and 03, solved, beside the real PyTorch, with ``check.against_torch``.

PyTorch is no dependency of the course; docs/speed.md says how to install it beside it, and how to run these files.
"""

from typing import Any

import numpy as np
from backward_candidates import LESSON, solutions

from bptt import check, exact
from bptt_instructor.lessons.source import read_lesson

if __name__ == "__main__":
    loop: dict[str, Any] = {"np": np, "rnn_cell_backward": exact.rnn_cell_backward}
    cells = read_lesson(LESSON.with_name("02_sequence_backward.py")).notebook.cells
    exec(next(cell.source for cell in cells if cell.id == "rnn_backward"), loop)  # noqa: S102 - our own lesson
    check.against_torch(loop["rnn_backward"])
    check.against_torch(solutions()["lstm_backward"])
