"""How long it takes from a key to the new picture, in JupyterLab; run by ``tests/benchmarks/widgets.py --browser``."""

import numpy as np
import pytest
from drawn import Drawn
from moved import Moved
from test_widgets_drawn import CODE, FIGURES
from test_widgets_drawn import START as DRAWN_START
from test_widgets_influence import LSTM, RNN, START, defined

BOTH = "widgets.influence_map(rnn_sequence, lstm_sequence, lstm_backward=lstm_backward, forget_bias=-2)"
PARTS = ("dc", "gates_backward", "parameters_backward", "inputs_backward", "backward")
OWN = defined(LSTM, *(f"lstm_cell_{part}" for part in PARTS), "lstm_backward", "rnn_sequence", "lstm_sequence")
WIDGETS = {
    "nudge": ("x", "widgets.nudge(np.square, x=-1)"),
    "gate_highway": (
        "forget f",
        f"{OWN}\n\nwidgets.gate_highway(lstm_backward, f=0.5)",
    ),
    "influence_map, RNN": (
        "spectral radius",
        f"{defined(RNN, 'rnn_backward', 'sequence')}\n\nwidgets.influence_map(sequence, rnn_backward=rnn_backward)",
    ),
    "influence_map, both": ("forget bias", f"{OWN}\n\n{BOTH}"),
}
"""By name: the slider that is moved, and the code."""
WAIT = """img => {
  window.times = [];
  let pressed;
  window.addEventListener("keydown", event => { if (event.isTrusted) pressed = event.timeStamp; }, {capture: true});
  img.addEventListener("load", () => requestAnimationFrame(() => window.times.push(performance.now() - pressed)));
}"""
DRAWN_WAIT = """svg => {
  window.times = [];
  let pressed;
  window.addEventListener("keydown", event => { pressed = event.timeStamp; }, {capture: true});
  const seen = () => requestAnimationFrame(() => window.times.push(performance.now() - pressed));
  new MutationObserver(seen).observe(svg, {childList: true});
}"""
PRESSES = 20


@pytest.mark.parametrize("name", WIDGETS)
def test_time(learner, name):
    """Through frames that are new, and back through frames that the kernel has kept."""
    slider, code = WIDGETS[name]
    widget = Moved(learner, f"time_{name}", START, code)
    widget.picture.evaluate(WAIT)
    shown = ""
    for key in ("ArrowRight", "ArrowLeft"):
        widget.page.evaluate("window.times = []")
        for press in range(1, PRESSES + 1):
            widget.slide(slider, key)
            widget.page.wait_for_function("presses => window.times.length >= presses", arg=press)
            widget.page.wait_for_timeout(300)
        shown += "".join(f"{value:8.1f}" for value in np.percentile(widget.page.evaluate("window.times"), [50, 95]))
    print(f"\n{name:28}{shown}{PRESSES:8}")


@pytest.mark.parametrize("name", CODE)
def test_time_of_what_the_browser_draws(learner, name):
    """Through states that are new, and back through those that were drawn before."""
    learner.make(f"time_{name}", DRAWN_START, CODE[name])
    learner.open(f"time_{name}")
    learner.run_all()
    drawn = Drawn(learner.page, learner.cell(learner.code_cells[-1]))
    drawn.picture.scroll_into_view_if_needed()
    slider = max(FIGURES[name].controls.values(), key=lambda control: len(control.values))
    drawn.slide(slider.label, "Home")
    drawn.picture.evaluate(DRAWN_WAIT)
    shown, most = "", min(PRESSES, len(slider.values) - 1)
    for key in ("ArrowRight", "ArrowLeft"):
        learner.page.evaluate("window.times = []")
        presses = 0
        for press in range(1, most + 1):
            before = drawn.words
            drawn.slide(slider.label, key)
            learner.page.wait_for_timeout(150)
            if drawn.words == before:
                break
            presses = press
        learner.page.wait_for_function("presses => window.times.length >= presses", arg=presses)
        shown += "".join(f"{value:8.1f}" for value in np.percentile(learner.page.evaluate("window.times"), [50, 95]))
    print(f"\n{name:28}{shown}{presses:8}")
