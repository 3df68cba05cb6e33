"""The nudge: numbers that are measured, whatever the learner's function does, and a picture that stays sane."""

import math

import numpy as np
import pytest
from pictures import assert_tidy

from bptt import widgets
from bptt.widgets.scenes.nudge import _Nudge
from bptt.widgets.slider_function import SliderFunction


def square(x):
    return x**2


def cautious(x):
    """Give the square of one number; it takes no array."""
    return x * x if x > 0 else -x * -x


def log(x):
    return math.log(x)


def unwritten(x):
    raise NotImplementedError


def broken(x):
    return x["no such thing"]


def move(live, **values):
    for name, value in values.items():
        live.controls[name].value = value
    return live.words


def test_words_say_what_the_nudge_does():
    live = widgets.nudge(square, x=1.5, dx=0.8)
    assert live.words == (
        "At x = 1.5, a nudge dx = 0.8 moves y by dy = 3.04: dy / dx = 3.8. The tangent has the slope 3 and moves by "
        "2.4; at x + dx = 2.3 the curve is 0.64 above it, 21.1 % of dy."
    )


def test_the_smaller_the_nudge_the_closer_the_ratio():
    live = widgets.nudge(square)
    said = [move(live, dx=dx) for dx in (0.4, 0.1, 0.01, 0.001)]
    for words, ratio in zip(said, ("3.4", "3.1", "3.01", "3.001"), strict=True):
        assert f"dy / dx = {ratio}." in words


def test_each_control_changes_the_picture():
    live = widgets.nudge(square)
    pictures = {live.frame.png}
    for values in ({"x": -1.0}, {"dx": -0.5}, {"dx": 0.001}, {"x": 0.0}):
        move(live, **values)
        pictures.add(live.frame.png)
    assert len(pictures) == 5


def test_both_panels_show_the_nudge():
    """Left as it is; right so that dx keeps its width, and both directions are magnified alike."""
    live = widgets.nudge(square)
    scene = live.scene
    shapes = []
    for dx in (0.5, 0.01):
        scene.update(x=1.0, dx=dx)
        assert np.allclose(scene._far_legs.get_xydata(), [[1, 1], [1 + dx, 1], [1 + dx, (1 + dx) ** 2]])
        (start, corner, end), here = scene._legs.get_xydata(), scene._far_scale
        assert np.isclose((end - corner)[1] / (corner - start)[0], (2 + dx) * here[1] / here[0])
        shapes.append(corner[0] - start[0])
    assert shapes[0] == pytest.approx(shapes[1], rel=0.2)


def test_the_tangent_touches_in_both_panels():
    scene = widgets.nudge(np.sin).scene
    scene.update(x=0.5, dx=-0.4)
    x, y = scene._far_tangent.get_data()
    assert np.allclose(y, np.sin(0.5) + np.cos(0.5) * (x - 0.5))
    curve, tangent = scene._curve.get_xydata(), scene._tangent.get_xydata()
    touching = scene._legs.get_xydata()[0]
    apart = np.abs(curve - tangent)[:, 1]
    assert abs(curve[apart.argmin(), 0] - touching[0]) < 3


@pytest.mark.parametrize("function", [square, np.tanh, np.exp, np.abs, cautious, lambda x: 1 / x, lambda x: 7])
def test_every_extreme_is_sane(function, recwarn):
    live = widgets.nudge(function)
    for x, dx in ((-2, -1), (-2, 1), (0, 0.001), (2, -0.001), (2, 1)):
        words = move(live, x=x, dx=dx)
        assert f"x = {x}".replace("-", "−") in words
        assert "nan" not in words
        assert_tidy(live.scene.card)
    assert not recwarn


def test_a_function_of_one_number_is_asked_one_by_one():
    assert "dy = 3.04" in widgets.nudge(cautious, 1.5, 0.8).words


def test_a_function_that_mixes_entries_is_asked_one_by_one():
    """An array then gives other values than its entries do."""
    ranked = SliderFunction(lambda x: x / np.max(np.abs(x)), np.linspace(-3, 3, 101))
    assert np.array_equal(ranked(np.array([1.0, 2.0])), [1, 1])


def test_no_value_is_told():
    live = widgets.nudge(log, x=0.5, dx=0.4)
    assert "dy = 0.5878" in live.words
    assert move(live, dx=-0.8) == "log has no value at x + dx = −0.3."
    assert move(live, x=-1.0) == "log has no value at x = −1."
    assert "dy = " in move(live, x=1.0)
    assert live.scene._legs.get_visible()


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (unwritten, "unwritten is still to be written: there is nothing to nudge yet."),
        (broken, "broken stops with IndexError"),
        (lambda x: None, "f gives no number at any x"),
        (lambda x: np.sqrt(x - 9 + 0j), "f gives no number at any x"),
    ],
)
def test_a_function_without_values_is_told_not_raised(function, words):
    live = widgets.nudge(function)
    assert live.words.startswith(words)
    assert move(live, x=-1.0).startswith(words)


def test_what_the_function_prints_is_not_shown(capsys):
    widgets.nudge(lambda x: print("called") or x).frame  # noqa: B018
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("function", "x", "slope"),
    [
        (np.abs, 0, (-1, 1)),
        (np.abs, 1, (1, 1)),
        (lambda x: np.maximum(x, 0), 0, (0, 1)),
        (square, 0, (0, 0)),
        (np.tanh, 2, (1 / np.cosh(2) ** 2,) * 2),
        (lambda x: np.sin(50 * x), np.pi / 100, (0, 0)),
        (lambda x: 1e6 * x + 1e6, 1, (1e6, 1e6)),
        (np.exp, 2, (np.exp(2),) * 2),
    ],
)
def test_slopes_on_both_sides(function, x, slope):
    assert np.allclose(SliderFunction(function, np.linspace(-3, 3, 101)).slopes(x), slope, rtol=1e-6, atol=1e-6)


def test_a_kink_has_no_tangent():
    live = widgets.nudge(np.abs, x=0, dx=0.8)
    assert "kink at x = 0: slope −1 on its left, 1 on its right." in live.words
    assert not live.scene._tangent.get_visible()
    move(live, x=1.0)
    assert live.scene._tangent.get_visible()


def test_start_is_brought_into_reach():
    live = widgets.nudge(square, x=17, dx=-0.0003)
    assert live.values == {"x": 2, "dx": -0.001}


@pytest.mark.parametrize("x", [-2.0, 1.25, 2.0])
@pytest.mark.parametrize("dx", [-1.0, -0.00125, 0.00125, 1.0])
def test_numbers_and_the_magnified_part_stay_inside_their_panels(x, dx):
    scene = _Nudge(square)
    scene.update(x=x, dx=dx)
    scene.card.draw_without_rendering()
    for inner, panel in ((scene._dx, scene._dx.axes), (scene._dy, scene._dy.axes), (scene._lens, scene._far)):
        box, frame = inner.get_window_extent(), panel.get_window_extent().padded(1)
        assert frame.contains(box.x0, box.y0)
        assert frame.contains(box.x1, box.y1)
