"""How long widgets take: to open, to draw a frame that is not kept, and, in a browser, from a key to the new picture.

Run with ``python tests/benchmarks/widgets.py``, and with ``--browser`` for the last. Of the widgets that stay in the
kernel, every control is moved through its whole range, with no frame kept, and the training panel is drawn as its runs
go on; those that the browser draws are made whole, with all their states. Targets, on two cores that have nothing else
to do: a frame in 40 ms (median) and 80 ms (95th percentile); from a key to the new picture 30 ms (median) where the
browser draws, and 60 ms where the kernel does.
"""

import ast
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbclient import NotebookClient

from bptt import inputs, widgets
from bptt.viz import style
from bptt.widgets.training.run import Run
from bptt.widgets.training.scene import TrainingScene
from bptt_instructor.lessons.source import read_lesson


def written(lesson: str, *names: str) -> list[Any]:
    """Define functions of a lesson, those that its exercises ask for among them; return those that are named."""
    found: dict[str, Any] = {}
    for cell in read_lesson(Path(__file__).parents[2] / f"solutions/{lesson}.py").notebook.cells:
        if cell.cell_type == "code" and ("def " in cell.source or "import" in cell.source):
            tree = ast.parse("\n".join(line for line in cell.source.splitlines() if line[:1] != "%"))
            tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom)]
            exec(compile(tree, lesson, "exec"), found)  # noqa: S102 - this is how a notebook defines them
    return [found[name] for name in names]


def of_lesson_02() -> Any:
    """Return the influence map of lesson 02."""
    sequence, rnn_backward = written("02_sequence_backward", "sequence", "rnn_backward")
    return widgets.influence_map(sequence, rnn_backward=rnn_backward)


def of_lesson_03() -> Any:
    """Return the influence map of lesson 03."""
    makers = written("03_lstm_backward", "rnn_sequence", "lstm_sequence", "lstm_backward")
    return widgets.influence_map(*makers[:2], lstm_backward=makers[2])


class Panel:
    """Training panel of two runs, whose picture is drawn at many states of them."""

    def __init__(self) -> None:
        self.runs = [Run(name, 1000) for name in ("RNN", "LSTM")]
        self.box = style.styled(TrainingScene)(self.runs, "Adding problem")

    def frames(self) -> list[tuple[float, float]]:
        """Train a little, and return the time of each frame."""
        gradients = {f"d{name}{gate}": np.ones((4, 4)) for name in "Wb" for gate in "ficoy"}
        taken = []
        for step in range(1000):
            for run in self.runs:
                run.add(0.99**step, gradients, 0.01)
            if step % (1000 // MOVES) == 0:
                taken.append(processor(self.box.frame))
        return taken


DRAWN: dict[str, Callable[[], Any]] = {
    "small_walk": widgets.small_walk,
    "two_roads": lambda: widgets.two_roads(*inputs.rnn(seed=5, n_x=1, n_a=1, n_y=2, m=1, T_x=4)),
    "tree_or_graph": lambda: widgets.tree_or_graph(
        *written("02_sequence_backward", "rnn_backward", "rnn_backward_per_loss")
    ),
    "cell_walk, RNN": lambda: widgets.cell_walk(None, *inputs.rnn_cell(seed=4)),
    "cell_walk, LSTM": lambda: widgets.cell_walk(None, *inputs.lstm_cell(seed=4)),
}
"""Those that the browser draws."""
LIVE: dict[str, Callable[[], Any]] = {
    "nudge": lambda: widgets.nudge(np.square),
    "influence_map, RNN": of_lesson_02,
    "influence_map, both": of_lesson_03,
    "gate_highway": lambda: widgets.gate_highway(*written("03_lstm_backward", "lstm_backward")),
    "training_panel, two runs": Panel,
}
"""Those that stay in the kernel."""
MOVES = 25
"""How many values of each control are tried, if it has so many."""


def values(source: Any) -> Iterator[Any]:
    """Yield values of a control, of one that has a range or a choice."""
    if hasattr(source, "max"):
        yield from np.unique(np.linspace(source.min, source.max, MOVES).astype(type(source.value))).tolist()
    else:
        # A slider over a choice has pairs of a text and a value.
        options = [
            option[1] if isinstance(option, tuple) else option for option in getattr(source, "options", (False, True))
        ]
        yield from options[:: -(-len(options) // MOVES)]


def milliseconds(action: Callable[[], object]) -> float:
    """Return the time of one call."""
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def processor(action: Callable[[], object]) -> tuple[float, float]:
    """Return the time of one call, and that of it in which the processor worked: less, if others wanted it too."""
    start = time.process_time()
    taken = milliseconds(action)
    return taken, 1000 * (time.process_time() - start)


def frames(live: Any) -> list[tuple[float, float]]:
    """Move every control through its range and back; return the times of each frame."""
    if isinstance(live, Panel):
        return live.frames()
    taken = []
    for control in live.controls.values():
        before = control.value
        for value in [*values(control), before]:
            live._cache.clear()
            if value != control.value:
                taken.append(processor(lambda to=value, source=control: setattr(source, "value", to)))
    return taken


TRAINING = """
import time
import numpy as np
from bptt import widgets

gradients = {f"d{name}": np.ones((32, 64)) for name in "Wf bf Wi bi Wc bc Wo bo Wy by".split()}
inside, busy = [], []

def train(panel):
    for step in range(1000):
        until = time.thread_time() + 0.005
        while time.thread_time() < until:
            pass
        start, busy_before = time.perf_counter(), time.thread_time()
        panel.step(0.99**step, gradients)
        inside.append(time.perf_counter() - start)
        busy.append(time.thread_time() - busy_before)

with widgets.training_panel(steps=1) as panel:
    pass
begun = time.perf_counter()
with widgets.training_panel(steps=1000) as panel:
    opened = time.perf_counter()
    train(panel)
    trained = time.perf_counter()
ended = time.perf_counter()
print(f"training_panel, 1000 steps of 5 ms in a kernel: {100 * sum(inside) / (trained - opened):.1f} % of the time, "
      f"{100 * sum(busy) / (sum(busy) + 5):.1f} % of its CPU time, "
      f"{sum(t > 0.004 for t in busy)} pictures of {1000 * np.median([t for t in busy if t > 0.004]):.0f} ms, "
      f"{1e6 * np.median(busy):.0f} µs for a step without one; "
      f"opened in {1000 * (opened - begun):.0f} ms, closed in {1000 * (ended - trained):.0f} ms")
"""


def share() -> str:
    """Train in a real kernel, and tell how much of the time the panel took; target: less than 5 %."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(TRAINING)])
    NotebookClient(notebook, kernel_name="python3").execute()
    return "".join(output.text for output in notebook.cells[0].outputs if output.output_type == "stream")


if __name__ == "__main__":
    # Loads Matplotlib and ipywidgets.
    widgets.small_walk().still()
    widgets.nudge(np.square).box  # noqa: B018
    print(f"{'milliseconds':28}{'make':>8}{'page':>8}{'still':>8}{'kB':>8}{'shapes':>8}")
    for name, make in DRAWN.items():
        made: list[Any] = []
        taken = [milliseconds(lambda make=make, made=made: made.append(make()))]
        taken += [milliseconds(made[0].page), milliseconds(lambda made=made: made[0].still().png())]
        size = len(made[0].page().encode()) / 1000
        shapes = len(made[0].data()["layouts"][0]["shapes"])
        print(f"{name:28}{''.join(f'{value:8.0f}' for value in taken)}{size:8.1f}{shapes:8}")
    print(f"{'milliseconds':28}{'open':>8}{'median':>8}{'95 %':>8}{'CPU':>8}{'95 %':>8}{'frames':>8}")
    for name, make in LIVE.items():
        made = []
        opened = milliseconds(lambda make=make, made=made: made.append(make()) or made[0].box)
        moved = frames(made[0])
        shown = "".join(f"{value:8.1f}" for value in np.percentile(moved, [50, 95], axis=0).T.flat)
        print(f"{name:28}{opened:8.0f}{shown}{len(moved):8}")
    print(share(), end="")
    if "--browser" in sys.argv:
        print(f"{'from key to picture':28}{'new':>8}{'95 %':>8}{'kept':>8}{'95 %':>8}{'keys':>8}")
        script = Path(__file__).parents[1] / "browser" / "time_widgets.py"
        subprocess.run([sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", script], check=True)
