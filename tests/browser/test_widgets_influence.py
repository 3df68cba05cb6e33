"""How far losses reach back, and the highway of the memory: moved in JupyterLab, compared with exact gradients."""

import ast

import numpy as np
import pytest
from conftest import ROOT
from contrast import ENOUGH, contrasts
from moved import Moved

from bptt import inputs, lstm, rnn
from bptt.influence import influence
from bptt.viz import style
from bptt.viz.figures.influence_map import InfluenceByLag
from bptt.widgets.scenes.gate_highway import _left
from bptt_instructor.lessons.source import read_lesson

START = """\
import numpy as np
from bptt import inputs, lstm, rnn, widgets
from bptt.exact import lstm_cell_backward, rnn_cell_backward"""
RNN, LSTM = "02_sequence_backward", "03_lstm_backward"
STUB = 'def lstm_backward(da, caches):\n    raise NotImplementedError("lstm_backward is not there")'


def defined(lesson, *names):
    """Return the code of functions of a lesson, solved."""
    found = {}
    for cell in read_lesson(ROOT / f"solutions/{lesson}.py").notebook.cells:
        if cell.cell_type == "code" and any(f"def {name}(" in cell.source for name in names):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef):
                    found[node.name] = ast.get_source_segment(cell.source, node)
    return "\n\n".join(found[name] for name in names)


@pytest.fixture(scope="module")
def sequences():
    """Make the lessons' own sequences."""
    names = {"np": np, "inputs": inputs, "lstm": lstm, "rnn": rnn}
    exec(defined(RNN, "sequence") + "\n" + defined(LSTM, "rnn_sequence", "lstm_sequence"), names)  # noqa: S102
    return names


def told_of(name, sequence, T_x):
    """Return what is to be told of a sequence's first steps."""
    return InfluenceByLag(name, influence(*sequence)[:T_x, :T_x]).verdict()


def assert_readable(widget):
    found = contrasts(widget.output.locator(".bptt-live"))
    assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}


def test_influence_of_lesson_02(learner, sequences):
    show = "widgets.influence_map(sequence, rnn_backward=rnn_backward)"
    widget = Moved(learner, "rnn_influence", START, defined(RNN, "rnn_backward", "sequence"), show)
    make = sequences["sequence"]
    widget.told(f"T_x = 24. {told_of('RNN, radius 1', make(1.0, T_x=24), 24)} Your rnn_backward: all as the exact one.")
    widget.assert_fits_small_laptop()
    learner.look("start", widget.cell)
    height = widget.height
    widget.watch()
    slider = "spectral radius"
    for key, times, radius, fate in (("ArrowLeft", 8, 0.6, "vanishes"), ("ArrowRight", 16, 1.4, "explodes")):
        widget.slide(slider, key, times)
        words = widget.told(told_of(f"RNN, radius {radius}", make(radius, T_x=24), 24))
        assert fate in words
        learner.look(f"radius {radius}", widget.cell)
    widget.slide(slider, "Home")
    widget.told("it is exactly 0 from lag 1 on. Your rnn_backward: all as the exact one.")
    learner.look("radius 0", widget.cell)
    widget.slide(slider, "End")
    widget.told(told_of("RNN, radius 2", make(2.0, T_x=24), 24))
    learner.look("radius 2", widget.cell)
    curve = widget.pixels(style.INK)
    widget.slide("T_x", "Home")
    widget.told("T_x = 1. RNN, radius 2: the influence has no way to travel: there is one step.")
    learner.look("one step", widget.cell)
    assert widget.pixels(style.INK) < curve
    widget.slide("T_x", "ArrowRight", 8)
    widget.told(f"T_x = 9. {told_of('RNN, radius 2', make(2.0, T_x=24), 9)}")
    assert widget.jumps() == []
    assert widget.height == height
    widget.assert_dark()
    learner.go_dark()
    learner.look("dark", widget.cell)
    assert_readable(widget)


def test_influence_without_the_time_path(learner):
    wrong = defined(RNN, "rnn_backward", "sequence").replace("da[:, :, t] + da_prevt", "da[:, :, t]")
    widget = Moved(
        learner, "no_time", START, wrong, "widgets.influence_map(sequence, rnn_backward=rnn_backward, T_x=10)"
    )
    widget.told("and exactly 0 from lag 2 on. It differs from the exact one at 36 of 55 pairs.")
    learner.look("start", widget.cell)
    framed = widget.pixels(style.WRONG)
    widget.slide("T_x", "Home")
    widget.told("Your rnn_backward: the same sizes, but not all that it returns is right.")
    assert widget.pixels(style.WRONG) < framed - 500


def test_influence_of_lesson_03(learner, sequences):
    code = defined(LSTM, "lstm_backward", "rnn_sequence", "lstm_sequence")
    show = "widgets.influence_map(rnn_sequence, lstm_sequence, lstm_backward=lstm_backward)"
    widget = Moved(learner, "lstm_influence", START, code, show)
    of_rnn = told_of("RNN, radius 1", sequences["rnn_sequence"](1.0, T_x=24), 24)
    make = sequences["lstm_sequence"]
    widget.told(f"T_x = 24. {of_rnn} {told_of('LSTM, forget bias 3', make(3.0, T_x=24), 24)}")
    widget.told("Your lstm_backward: all as the exact one.")
    widget.assert_fits_small_laptop()
    learner.look("start", widget.cell)
    height = widget.height
    for key, bias in (("Home", -4), ("End", 6)):
        widget.slide("forget bias", key)
        words = told_of(f"LSTM, forget bias {bias}", make(float(bias), T_x=24), 24)
        words = widget.told(f"{of_rnn} {words}".replace("-", "\N{MINUS SIGN}"))
        assert ("vanishes" if bias < 0 else "holds") in words.partition("LSTM")[2]
        learner.look(f"bias {bias}", widget.cell)
        assert widget.height == height
    green = widget.pixels(style.MEMORY_PATH)
    widget.slide("T_x", "ArrowLeft", 12)
    widget.told("T_x = 12.")
    assert 0 < widget.pixels(style.MEMORY_PATH) < 0.8 * green
    learner.look("twelve steps", widget.cell)
    widget.assert_dark()
    learner.go_dark()
    learner.look("dark", widget.cell)
    assert_readable(widget)


def test_before_the_exercise_is_solved(learner):
    code = defined(LSTM, "rnn_sequence", "lstm_sequence")
    show = "widgets.influence_map(rnn_sequence, lstm_sequence, lstm_backward=lstm_backward)"
    widget = Moved(learner, "unwritten_influence", START, code, STUB, show)
    widget.told("Your lstm_backward: lstm_backward is not there.")
    widget.slide("forget bias", "Home")
    widget.told("LSTM, forget bias \N{MINUS SIGN}4")
    learner.look("start", widget.cell)
    assert "application/vnd.jupyter.stderr" not in learner.kinds(widget.cell)


def test_gate_highway(learner):
    show = "widgets.gate_highway(lstm_backward)"
    widget = Moved(learner, "gate_highway", START, defined(LSTM, "lstm_backward"), show)
    f, i, o, w = 0.95, 0.5, 0.8, 0.2

    def assert_told():
        """See that the roads, and the learner's dx on all of them together, are told as they are."""
        left, state, dx = (_left(value) for value in (o * f**19, (o * i * w) ** 19, i * o * (f + o * i * w) ** 19))
        widget.told(f"19 steps back: {left} is left from memory to memory, {state} from state to state, and {dx} over")
        widget.told(f"Your dx[:, :, 0] is {dx}, and at every step exact")
        return widget.pixels(style.MEMORY_PATH)

    green = [assert_told()]
    widget.assert_fits_small_laptop()
    learner.look("start", widget.cell)
    height = widget.height
    widget.watch()
    for f, key in ((1.0, "End"), (0.0, "Home")):
        widget.slide("forget f", key)
        green.append(assert_told())
        learner.look(f"f = {f}", widget.cell)
    assert green[2] < green[0] < green[1]
    widget.slide("forget f", "End")
    f = 1.0
    orange = []
    for w, key in ((0.0, "Home"), (1.5, "End")):
        widget.slide("weight w", key)
        assert_told()
        orange.append(widget.pixels(style.TIME_PATH))
        learner.look(f"w = {w}", widget.cell)
    assert orange[0] < orange[1]
    for i, key in ((0.0, "Home"), (1.0, "End")):
        widget.slide("update i", key)
        assert_told()
        learner.look(f"i = {i}", widget.cell)
    for o, key in ((1.0, "End"), (0.0, "Home")):
        widget.slide("output o", key)
        assert_told()
        learner.look(f"o = {o}", widget.cell)
    assert widget.height == height
    assert widget.jumps() == []
    widget.assert_dark()
    learner.go_dark()
    learner.look("dark", widget.cell)
    assert_readable(widget)


def test_gate_highway_before_the_exercise_is_solved(learner):
    widget = Moved(learner, "unwritten_highway", START, STUB, "widgets.gate_highway(lstm_backward)")
    widget.told("Your lstm_backward: lstm_backward is not there.")
    widget.slide("forget f", "Home")
    widget.told("19 steps back: 0 is left from memory to memory")
    assert "application/vnd.jupyter.stderr" not in learner.kinds(widget.cell)
