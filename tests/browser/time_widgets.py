"""How long it takes from a key to the new picture, in JupyterLab; run by ``tests/benchmarks/widgets.py --browser``."""

import statistics

import pytest
from moved import Moved

START = "from bptt import inputs, widgets"
CELLS = {
    "small_walk": "widgets.small_walk()",
    "cell_walk": "widgets.cell_walk(None, *inputs.rnn_cell(seed=4))",
}
WAIT = """img => {
  window.times = [];
  let pressed;
  window.addEventListener("keydown", event => { pressed = event.timeStamp; }, {capture: true});
  img.addEventListener("load", () => requestAnimationFrame(() => window.times.push(performance.now() - pressed)));
}"""
PRESSES = 10


@pytest.mark.parametrize("name", CELLS)
def test_time(learner, name):
    """Through frames that are new, and back through frames that the kernel has kept."""
    widget = Moved(learner, f"time_{name}", START, CELLS[name])
    widget.picture.evaluate(WAIT)
    for key in ("ArrowRight", "ArrowLeft"):
        widget.page.evaluate("window.times = []")
        for press in range(1, PRESSES + 1):
            before = widget.words
            widget.slide("step", key)
            widget.page.wait_for_timeout(300)
            if widget.words == before:
                break
            widget.page.wait_for_function("presses => window.times.length >= presses", arg=press)
        times = widget.page.evaluate("window.times")
        kind = "new" if key == "ArrowRight" else "kept"
        print(
            f"\n{name}, {kind}: median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms of {len(times)}"
        )
