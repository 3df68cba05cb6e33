"""The training panel: true numbers, few pictures, and a last one however the training ends."""

import os
import pty
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient
from pictures import assert_tidy, image

from bptt import widgets
from bptt.viz import style
from bptt.widgets.scenes import training_panel
from bptt.widgets.training import display
from bptt.widgets.training.run import Run, duration, time_text
from bptt.widgets.training.scale import binned, scale_of
from bptt.widgets.training.scene import TrainingScene

RNN = ["dWax", "dWaa", "dba"]
LSTM = ["dWf", "dbf", "dWi", "dbi", "dWc", "dbc", "dWo", "dbo", "dWy", "dby", "dEmbedding"]


def gradients(names=RNN, size=1.0):
    return {name: np.full((3, 4), size / 12**0.5) for name in names}


def trained(losses, names=RNN, *, steps=None, name="", size=1.0, seconds=0.005):  # noqa: PLR0913 - all of it has defaults
    run = Run(name, steps or len(losses))
    for loss in losses:
        run.add(loss, gradients(names, size), seconds)
    return run


def scene_of(*runs):
    return style.styled(TrainingScene)(runs, "A training")


def lines(scene):
    return scene._text._numbers.texts


class Watched:
    """A clock that only a test moves on, and a screen that takes its time."""

    def __init__(self, monkeypatch, drawing):
        self.now, self.drawing = 100.0, drawing
        self.shown_at, self.closed = [], False
        monkeypatch.setattr(training_panel.time, "perf_counter", lambda: self.now)
        monkeypatch.setattr(training_panel, "display_for", self.open)

    def open(self, runs, title, baseline):
        self.runs = runs
        return self

    def show(self):
        self.shown_at.append(self.now)
        self.now += self.drawing

    def close(self):
        self.closed = True

    def train(self, panel, steps, seconds=0.005):
        for _ in range(steps):
            self.now += seconds
            panel.step(1.0, gradients())


@pytest.fixture
def watched(monkeypatch):
    return lambda drawing=0.04: Watched(monkeypatch, drawing)


@pytest.fixture
def notebook(monkeypatch):
    """Let a panel think that it is in a notebook."""
    InteractiveShell.instance()
    monkeypatch.setattr(display, "has_kernel", lambda: True)


# What is drawn, and when.


@pytest.mark.parametrize("drawing", [0.001, 0.04, 0.3])
def test_pictures_take_a_small_share_of_the_time(watched, drawing):
    clock = watched(drawing)
    with widgets.training_panel(steps=10_000) as panel:
        clock.train(panel, 10_000)
    assert 0 < len(clock.shown_at) * drawing < 0.04 * (clock.now - 100) + drawing
    assert np.diff(clock.shown_at).min() >= 0.25
    assert np.diff(clock.shown_at).max() <= max(0.3, 27 * drawing)


def test_slow_steps_are_each_shown(watched):
    clock = watched()
    with widgets.training_panel(steps=5) as panel:
        clock.train(panel, 5, seconds=3)
    assert len(clock.shown_at) == 5


def test_a_panel_that_is_busy_with_large_gradients_draws_less(watched, monkeypatch):
    clock = watched(drawing=0.01)
    add = Run.add

    def slow(*arguments):
        clock.now += 0.0003
        add(*arguments)

    monkeypatch.setattr(Run, "add", slow)
    with widgets.training_panel(steps=10_000) as panel:
        clock.train(panel, 10_000)
    assert np.allclose(np.diff(clock.shown_at), 10, atol=0.1)


def test_time_per_step_is_without_the_pictures(watched):
    clock = watched(drawing=2.0)
    with widgets.training_panel(steps=1000) as panel:
        clock.train(panel, 1000)
    assert len(clock.shown_at) == 1
    assert np.allclose(clock.runs[0].seconds, 0.005)


def test_an_interrupt_leaves_the_last_picture_and_goes_on(watched):
    clock = watched()

    def training_with_interrupt():
        with widgets.training_panel(steps=1000) as panel:
            clock.train(panel, 20)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        training_with_interrupt()
    assert clock.closed
    assert clock.runs[0].stopped
    assert "stopped after 0.1 s" in clock.runs[0].words()


def test_notebook_keeps_the_last_picture(notebook):
    with capture_output() as captured, widgets.training_panel(steps=40, title="Adding problem") as panel:
        for k in range(40):
            panel.step(1 / (k + 1), gradients())
    still, widget, last = captured.outputs
    assert "application/vnd.jupyter.widget-view+json" in widget.data
    assert image(still)[2].startswith("Step 0 of 40.")
    assert image(last)[2].startswith("Step 40 of 40, done in")
    assert image(last)[0] != image(still)[0]
    assert "Loss 0.025, 1 at the start" in last.data["text/html"]


def test_interrupted_in_the_middle_of_a_picture(notebook, monkeypatch):
    """The last picture is drawn all the same."""
    monkeypatch.setattr(training_panel, "_MIN_PAUSE_SECONDS", 0.0)
    draw = TrainingScene._heatmap

    def interrupted(*arguments):
        monkeypatch.setattr(TrainingScene, "_heatmap", draw)
        raise KeyboardInterrupt

    monkeypatch.setattr(TrainingScene, "_heatmap", interrupted)
    with capture_output() as captured, pytest.raises(KeyboardInterrupt), widgets.training_panel(steps=10) as panel:
        panel.step(1.0, gradients())
    assert "Step 1 of 10, stopped after" in captured.outputs[-1].data["text/html"]


def test_interrupted_cell_keeps_its_picture():
    """In a real kernel; the interrupt itself is shown as ever."""
    source = """
from bptt import widgets
with widgets.training_panel(steps=100) as panel:
    for k in range(100):
        panel.step(1.0)
        if k == 30: raise KeyboardInterrupt"""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(book, kernel_name="python3", allow_errors=True).execute()
    still, _, error = book.cells[0].outputs
    assert image(still)[2].startswith("Step 31 of 100, stopped after")
    assert error.ename == "KeyboardInterrupt"


SCRIPT = """
import sys
from bptt import widgets
with widgets.training_panel(steps=3, title="adding") as panel:
    for loss in (0.5, 0.25, 0.125):
        panel.step(loss, {})
assert "matplotlib" not in sys.modules
"""


def test_script_prints_nothing():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_terminal_has_a_line_of_progress():
    ours, its = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", SCRIPT], stdout=its, stderr=its, check=True, env=os.environ | {"COLUMNS": "120"}
    )
    os.close(its)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "adding" in shown
    assert "step 3 of 3   loss 0.125" in shown


# What it is told.


def test_numbers_are_those_of_the_training():
    run = trained([0.8, 0.4], steps=1000, seconds=0.0051)
    assert run.numbers() == "step    2 of 1000   loss 0.4     5.1 ms/step   5.1 s left"
    assert run.words() == (
        "Step 2 of 1000, 5.1 s left, 5.1 ms per step. Loss 0.4, 0.8 at the start. "
        "The largest gradient is dWax, of norm 1."
    )


def test_norm_is_that_of_the_whole_array():
    rng = np.random.default_rng(0)
    gradient = rng.normal(size=(4, 3, 5)).transpose(2, 0, 1)
    run = Run("", 1)
    run.add(1.0, {"dx": gradient}, 0.1)
    assert np.isclose(run.squares["dx"][0], np.linalg.norm(gradient) ** 2)


def test_a_gradient_that_comes_later_was_zero_before():
    run = Run("", 3)
    run.add(1.0, {}, 0.1)
    run.add(1.0, gradients(["dW"]), 0.1)
    assert np.allclose(run.squares["dW"], [0, 1])


def test_more_steps_than_announced():
    run = trained(np.linspace(1, 2, 25), steps=10)
    assert (run.done, run.steps) == (25, 40)
    assert np.array_equal(run.losses, np.linspace(1, 2, 25))
    assert np.allclose(run.squares["dba"], 1)


@pytest.mark.parametrize("loss", [np.float32(0.5), np.array([[0.5]]), 1])
def test_a_loss_is_one_number(watched, loss):
    clock = watched()
    with widgets.training_panel(steps=3) as panel:
        panel.step(loss)
    assert clock.runs[0].losses == float(np.squeeze(loss))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"loss": np.ones(3), "run": "RNN"}, ValueError, r"one number, not an array of shape \(3,\)"),
        ({"loss": 1.0, "gradients": [np.ones(3)], "run": "RNN"}, TypeError, "dict by name, not as list"),
        ({"loss": 1.0, "run": "GRU"}, ValueError, "run is 'GRU'; this panel has 'RNN', 'LSTM'"),
        ({"loss": 1.0}, ValueError, "run is None"),
    ],
)
def test_wrong_calls_are_told(watched, arguments, error, words):
    watched()
    with widgets.training_panel(steps=3, runs=["RNN", "LSTM"]) as panel, pytest.raises(error, match=words):
        panel.step(**arguments)


def test_outside_of_its_with_it_says_so():
    with pytest.raises(RuntimeError, match="inside of its with"):
        widgets.training_panel(steps=3).step(1.0)


@pytest.mark.parametrize("arguments", [{"steps": 0}, {"steps": 3, "runs": []}, {"steps": 3, "runs": "RNN"}])
def test_no_training_at_all(arguments):
    with pytest.raises(ValueError, match=r"at least one step|list of one to 3"):
        widgets.training_panel(**arguments)


def test_runs_in_turns_are_kept_apart(watched):
    clock = watched()
    with widgets.training_panel(steps=100, runs=["RNN", "LSTM"]) as panel:
        for k in range(100):
            clock.now += 0.002
            panel.step(1.0, run="RNN")
            clock.now += 0.007
            panel.step(k, run="LSTM")
    rnn, lstm = clock.runs
    assert (rnn.pace, lstm.pace) == (pytest.approx(0.002), pytest.approx(0.007))
    assert np.array_equal(lstm.losses, np.arange(100))


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        ([1.0, np.nan, np.nan], "At step 2 the loss was nan, not a finite number, and it still is: try a smaller"),
        ([1.0, np.inf, 2.0], "At step 2 the loss was inf, not a finite number."),
        ([-np.inf], "At step 1 the loss was −inf, not a finite number, and it still is"),
        ([1.0, 2.0], ""),
    ],
)
def test_losses_that_are_no_numbers_are_told(losses, said):
    run = trained(losses)
    assert run.problem.startswith(said)
    assert bool(run.problem) == bool(said)
    assert run.problem in run.words()


def test_gradients_that_are_no_numbers_are_told():
    run = trained([1.0, 1.0])
    run.add(1.0, {"dWaa": np.full((2, 2), np.inf)}, 0.1)
    assert run.problem.startswith("At step 3 the norm of dWaa was inf")


def test_the_first_gradient_that_is_no_number_is_named_after_the_loss():
    run = trained([1.0, np.inf])
    for wrong in (["dba"], ["dba", "dWax"]):
        run.add(np.nan, gradients() | {name: np.full((3, 4), np.nan) for name in wrong}, 0.1)
    assert run.problem.startswith("At step 2 the loss was inf, not a finite number, and it still is: try")
    assert run.problem.endswith("Of the gradients, dba was the first, at step 3.")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.04, "0.0 s"), (9.4, "9.4 s"), (42.2, "42 s"), (200, "3 min 20 s"), (9000, "2 h 30 min")]
)
def test_durations(seconds, said):
    assert duration(seconds) == said


def test_runs_in_turns_have_one_time_left():
    runs = [trained([1.0], steps=101, name="RNN", seconds=0.1), trained([1.0], steps=101, name="LSTM", seconds=0.3)]
    assert time_text(runs) == "40 s left"
    scene = scene_of(*runs)
    assert "All runs together: 40 s left." in scene.update()
    assert "40 s left" in lines(scene)
    assert sum("left" in line for line in lines(scene)) == 1


def test_a_run_that_has_not_begun_is_counted_in():
    assert time_text([trained([1.0], steps=101, name="RNN", seconds=0.1), Run("LSTM", 100)]) == "20 s left"


def test_gradients_that_have_died_are_named():
    run = Run("", 20)
    for k in range(20):
        run.add(1.0, {"dWaa": np.full(3, float(k < 4)), "dba": np.full(3, float(k < 3)), "dWy": np.ones(3)}, 0.1)
    (said,) = run.news
    assert said.startswith("Since step 5 dWaa and dba are exactly 0: saturated units")
    assert said in run.words()


@pytest.mark.parametrize("sizes", [[0.0] * 20, [1.0] * 17 + [0.0] * 3], ids=["never used", "a few steps"])
def test_gradients_that_are_zero_for_other_reasons_are_not(sizes):
    run = Run("", 20)
    for size in sizes:
        run.add(1.0, {"dE": np.full(3, size)}, 0.1)
    assert not run.news


def test_an_early_end_says_what_the_network_is_now():
    run = trained([1.0] * 12, steps=100, name="LSTM")
    run.stopped = True
    scene = scene_of(run)
    said = "Stopped at step 12 of 100: the network is now what that step made of it."
    assert said in scene.update()
    assert f"LSTM: {said}" in lines(scene)


def test_a_training_that_did_not_begin_has_made_nothing_of_the_network():
    run = Run("", 1500)
    run.stopped = True
    assert run.news == ["Stopped before the first step."]


def test_what_went_wrong_is_in_the_picture():
    scene = scene_of(trained([1.0, np.nan]))
    scene.update()
    assert any(line.startswith("At step 2 the loss was nan") for line in lines(scene))


# What the picture shows.


def test_baseline_is_on_the_scale_and_has_its_label():
    run = trained([0.5, 0.4])
    scene = style.styled(TrainingScene)([run], "A training", (1 / 6, "always answering 1"))
    assert "The dashed line is at 0.167: always answering 1." in scene.update()
    assert "0.167: always answering 1" in lines(scene)
    height = scene._baseline.get_segments()[0][0, 1]
    assert scene._top < height < scene._bottom


def test_a_loss_that_explodes_hides_no_other():
    good, bad = trained([0.5] * 5 + [0.05] * 5, name="good"), trained([0.5, *[1e200] * 9], name="bad")
    scene = scene_of(good, bad)
    scene.update()
    y = scene._curves[0]._line.get_ydata()
    assert y[-1] - y[0] > 0.5 * (scene._bottom - scene._top)
    assert (scene._curves[1]._line.get_ydata()[1:] == scene._top).all()


def test_each_run_has_a_scale_of_its_own_for_its_gradients():
    runs = [trained([1.0] * 9, size=size, name=name) for name, size in (("small", 1e-9), ("large", 1e9))]
    for run, size in zip(runs, (1e-9, 1e9), strict=True):
        run.add(1.0, gradients(size=4 * size), 0.1)
    scene = scene_of(*runs)
    scene.update()
    assert {"1e-09 to 4e-09", "1e+09 to 4e+09"} <= set(lines(scene))
    for block in scene._blocks.values():
        shades = block._mesh.get_array().reshape(3, -1, 3)[0, :, 0]
        assert shades[0] - shades.min() > 0.4


def curve(scene, number=0):
    """Return the losses that a curve shows, read back off the picture."""
    y = scene._curves[number]._line.get_ydata()
    scale = scale_of(np.concatenate([run.losses for run in scene.runs]))
    share = (scene._bottom - y) / (scene._bottom - scene._top)
    return scale.low * (scale.high / scale.low) ** share if scale.log else scale.low + share * (scale.high - scale.low)


@pytest.mark.parametrize("sign", [1, -1])
def test_curve_shows_the_losses(sign):
    losses = sign * np.geomspace(1, 1e-3, 100)
    scene = scene_of(trained(losses))
    scene.update()
    assert np.allclose(curve(scene), losses)


def test_many_steps_are_summed_up():
    losses = np.tile([1.0, 3.0], 50_000)
    scene = scene_of(trained(losses))
    scene.update()
    assert np.allclose(curve(scene), 2, atol=0.01)
    assert len(curve(scene)) <= 160


def test_curves_of_runs_share_one_scale():
    scene = scene_of(trained([0.5] * 10, name="RNN"), trained([0.05] * 5, steps=10, name="LSTM"))
    scene.update()
    assert np.allclose(curve(scene, 0), 0.5)
    assert np.allclose(curve(scene, 1), 0.05)
    assert scene._curves[1]._line.get_xdata()[-1] < scene._curves[0]._line.get_xdata()[-1]


def test_bars_show_how_far_the_runs_are():
    scene = scene_of(trained([1.0] * 10, name="RNN"), trained([1.0] * 5, steps=10, name="LSTM"))
    scene.update()
    full, half = (bar.get_width() for bar in scene._bars)
    assert half == full / 2 > 0


def test_larger_gradients_are_darker_and_none_is_white():
    run = Run("", 4)
    for size in (1e-3, 1.0):
        run.add(1.0, {"dW": np.array([size]), "dU": np.array([size / 10])}, 0.1)
    scene = scene_of(run)
    scene.update()
    ((dw, du),) = (block._mesh.get_array().reshape(2, -1, 3)[..., 0] for block in scene._blocks.values())
    first, second, rest = dw[0], dw[len(dw) // 4], dw[len(dw) // 2 :]
    assert 1 > first > second
    assert (rest == 1).all()
    assert (du[: len(du) // 2] > dw[: len(dw) // 2]).all()
    assert {"dW", "dU", "1.00", "0.10"} <= set(lines(scene))


def test_where_there_is_no_room_the_last_gradients_share_a_row():
    runs = [trained([1.0], LSTM, name=name) for name in ("a", "b", "c")]
    scene = scene_of(*runs)
    scene.update()
    others = next(line for line in lines(scene) if line.endswith("others"))
    count = int(others.split()[0])
    assert lines(scene).count(draw_number(count**0.5)) == 3


def draw_number(value):
    return f"{value:.2f}"


def test_without_gradients_it_says_so():
    scene = scene_of(trained([1.0], names=[]))
    scene.update()
    assert "no gradients were given" in lines(scene)


def test_words_change_at_every_tenth_and_with_news():
    """Not with every picture: a screen reader would never come to an end."""
    run, said = Run("", 100), []
    scene = scene_of(run)
    for k in range(100):
        run.add(np.nan if k == 55 else 1.0, {}, 0.1)
        said.append(scene.update())
    assert len(set(said)) == 11 + 2
    run.stopped = True
    assert "Step 100 of 100, done in 10.0 s" in scene.update()


EXTREMES = {
    "before the first step": [Run("", 1000)],
    "one step": [trained([0.5], steps=1)],
    "losses of zero": [trained([0.0] * 5)],
    "huge": [trained([1e300, 1e-300], size=1e100)],
    "gone": [trained([1.0] * 9, size=0.0)],
    "never a number": [trained([np.nan] * 9, size=np.nan)],
    "long names": [trained([1.0] * 9, ["d" + 30 * "W"], name=20 * "n" + str(k)) for k in range(3)],
    "many gradients": [trained([1.0] * 9, LSTM, name=name) for name in ("RNN", "LSTM")],
    "slow": [trained([1.0] * 9, steps=10**6, seconds=4000.0)],
}


@pytest.mark.parametrize("runs", EXTREMES.values(), ids=EXTREMES)
def test_every_extreme_is_sane(runs, recwarn):
    scene = scene_of(*runs)
    frame = scene.frame()
    assert frame.words
    assert_tidy(scene.card)
    inside = scene.card.bbox.padded(-1)
    for line in scene._text._numbers.get_paths():
        if len(line.vertices):
            box = line.get_extents(scene.card.page.transData)
            assert inside.x0 < box.x0
            assert box.x1 < inside.x1
    assert not recwarn


# Scales.


@pytest.mark.parametrize(
    ("losses", "ends", "ticks"),
    [
        ([0.3, 0.06], (0.05, 0.5), (0.05, 0.1, 0.2, 0.5)),
        ([1e-9, 1e5], (1e-9, 1e5), (1e-9, 1e-6, 1e-3, 1, 1000)),
        ([0.5, 0.5], (0.5, 1), (0.5, 1)),
        ([-3, 17], (-5, 20), (-5, 0, 5, 10, 15, 20)),
        ([0, 0], (0, 0.5), (0, 0.5)),
        ([np.nan, 2, np.inf, 1], (1, 2), (1, 2)),
        ([], (0, 1), ()),
    ],
)
def test_scales_have_round_ends(losses, ends, ticks):
    scale = scale_of(np.array(losses, dtype=float))
    assert np.allclose((scale.low, scale.high), ends, rtol=1e-12)
    assert np.allclose(scale.ticks, ticks, rtol=1e-12)


def test_bins_leave_out_what_is_no_number():
    bins = binned(np.array([1, 3, np.nan, 5, np.inf, np.nan, 2]), total=8, bins=4)
    assert np.allclose(bins.at, [1, 3, 5, 6.5])
    assert np.allclose(bins.mean, [2, 5, np.nan, 2], equal_nan=True)
    assert np.allclose(bins.low, [1, 5, np.nan, 2], equal_nan=True)
    assert np.allclose(bins.high, [3, 5, np.nan, 2], equal_nan=True)
