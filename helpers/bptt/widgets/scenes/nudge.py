"""Widget: a nudge dx of x, with the curve, its tangent, and a view magnified until dx fills the panel."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Point
from bptt.viz.figures.nudge import digits, drop_hidden_ticks
from bptt.widgets.controls import number, sizes
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.scene import Scene
from bptt.widgets.slider_function import SliderFunction
from bptt.widgets.text_lines import Line, Lines

_ENDS = (-2.0, 2.0)
_MAX_DX = 1.0
_ACROSS = (_ENDS[0] - _MAX_DX, _ENDS[1] + _MAX_DX)
_DECADE = (1, 0.8, 0.63, 0.5, 0.4, 0.32, 0.25, 0.2, 0.16, 0.125)
_NUDGES = [*(dx / 10**power for power in range(3) for dx in _DECADE), 0.001]

_LEFT, _NEAR, _TOP, _WIDE, _TALL = 48.0, 356.0, 62.0, 236.0, 176.0
"""Left side of both panels, and their top, width and height, in points."""
_DX_WIDE, _DY_TALL = 92.0, 104.0
"""Width of dx in the magnified panel, unless dy is higher than this then; in points."""
_ROOM_FOR_DY = 32.0
"""How far all is moved away from the side on which dy is written, in points: its longest number needs the room."""
_MIN_DY_POINTS = 26.0
_LOW, _HIGH, _BEYOND = 5, 95, 2.0
"""Percentiles of y that are always visible, and the range visible beyond them, relative to their distance."""
_ROUNDING = 1e-9
"""Curve and tangent that differ by less, relative to 1 and dy, are as far."""


@style.styled
def nudge(function: Callable[[Array], Array], x: float = 1.5, dx: float = 0.8) -> InteractiveFigure:
    r"""Move x by dx with sliders, and see how far y moves: curve against tangent, and the ratio in numbers.

    .. math:: dy = f(x + dx) - f(x) \approx f'(x)\, dx

    The right panel is magnified so that dx keeps its width: the smaller the nudge, the less curve and tangent differ
    there. Both directions are magnified alike.

    Parameters
    ----------
    function : callable
        Any function of one number, e.g. one of your own. Where it has no value or no slope, the text says so.
    x : float
        Input at the start, from -2 to 2.
    dx : float
        Nudge at the start, from -1 to 1. The slider has sizes from 0.001 to 1, in both directions.

    Returns
    -------
    InteractiveFigure
    """
    signed = [*(-dx for dx in _NUDGES), *reversed(_NUDGES)]
    size = min(_NUDGES, key=lambda offered: abs(offered - abs(dx)))
    return InteractiveFigure(
        _Nudge(function),
        x=number("x", float(np.clip(x, *_ENDS)), _ENDS, 0.05),
        # In both directions, without zero.
        dx=sizes("dx", [(digits(dx), dx) for dx in signed], size if dx > 0 else -size),
    )


class _Nudge(Scene):
    def __init__(self, function: Callable[[Array], Array]) -> None:
        across = np.linspace(*_ACROSS, 481)
        self._function = SliderFunction(function, across)
        super().__init__(
            Card(
                300,
                title="Nudge x, and see how far y moves",
                caption="Look at the gap between curve and tangent: it shrinks faster than dx.",
                description="",
            )
        )
        page = self.card.page
        self._far = self._far_panel(across, self._function(across))
        near = self._near_panel()
        self._far_scale = self._points_per_unit()
        with self.moving() as self._value_layer:
            (self._far_tangent,) = self._far.plot([], [], **_TANGENT)
            self._lens = Rectangle((0, 0), 0, 0, fill=False, edgecolor=style.MUTED, linewidth=0.9)
            self._far.add_patch(self._lens)
            (self._far_legs,) = self._far.plot([], [], color=style.INK, linewidth=1.3)
            (self._far_ends,) = self._far.plot([], [], "o", color=style.INK, markersize=4.5)
            (self._curve,) = near.plot([], [], **_CURVE)
            self._gap = near.plot([], [], zorder=1.4, **_RIM) + near.plot([], [], zorder=1.5, **_GAP)
            (self._legs,) = near.plot([], [], color=style.INK, linewidth=1.6)
            (self._ends,) = near.plot([], [], "o", color=style.INK, markersize=5.5)
            self._dx, self._dy = (draw.text(near, (0, 0), "", zorder=5, bbox=_UNDER_WORDS) for _ in range(2))
        with self.moving() as self._tangent_layer:
            (self._tangent,) = near.plot([], [], **_TANGENT)
        with self.moving():
            self._zoom_text, self._ratio = Lines(page, style.SMALL), Lines(page, 11)

    def _far_panel(self, across: Array, y: Array) -> Axes:
        axes = self.card.plot_axes(_LEFT, _TOP, _WIDE, _TALL)
        axes.plot(across, y, **_CURVE)
        axes.set_xlim(*_ACROSS)
        axes.set_ylim(*_visible_range(y))
        axes.set_xlabel("x", labelpad=1)
        axes.set_ylabel("y", rotation=0, labelpad=7)
        axes.tick_params(length=3)
        axes.locator_params(nbins=6)
        drop_hidden_ticks(axes)
        draw.text(
            self.card.page,
            (_LEFT + _WIDE / 2, 48),
            f"y = {self._function.name}(x), and the tangent at x",
            size=style.SMALL,
            color=style.MUTED,
        )
        return axes

    def _near_panel(self) -> Axes:
        """Add the magnified panel: axes in points from their lower left corner."""
        axes = self.card.plot_axes(_NEAR, _TOP, _WIDE, _TALL)
        axes.set_xlim(0, _WIDE)
        axes.set_ylim(0, _TALL)
        axes.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
        axes.spines[:].set(visible=True, color=style.MUTED, linewidth=0.9)
        below = _TOP + _TALL + 12
        for left, words, look in ((8, "curve", _CURVE), (92, "tangent", _TANGENT), (186, "the gap", _GAP)):
            for line in (_RIM, look) if look is _GAP else (look,):
                self.card.page.plot([_NEAR + left, _NEAR + left + 18], [below] * 2, **line)
            draw.text(
                self.card.page,
                (_NEAR + left + 23, below),
                words,
                size=style.SMALL,
                color=style.MUTED,
                ha="left",
            )
        return axes

    def _points_per_unit(self) -> Array:
        """Return the scale of the left panel: points per unit of x and of y."""
        (left, right), (low, high) = self._far.get_xlim(), self._far.get_ylim()
        return np.array([_WIDE / (right - left), _TALL / (high - low)])

    def update(self, *, x: float, dx: float) -> str:
        here, after = self._function(np.array([x, x + dx]))
        dy = float(after - here)
        has_value = bool(np.isfinite(dy)) and not self._function.problem
        self._value_layer.show(has_value)
        if not has_value:
            return self._show_missing(x, dx, bool(np.isfinite(here)))
        left, right = self._function.slopes(x)
        has_slope = left == right
        self._tangent_layer.show(has_slope)
        self._far_tangent.set_visible(has_slope)
        for line in self._gap:
            line.set_visible(has_slope)
        slope = left if has_slope else 0.0
        zoom = self._draw(np.array([x, here]), np.array([dx, dy]), slope)
        ratio = f"dy / dx = {digits(dy)} / {digits(dx)} = {digits(dy / dx)}"
        self._write(f"{ratio}      {f'slope = {digits(slope)}' if has_slope else 'no slope'}", _magnification(zoom))
        return (
            f"{_nudge_text(x, dx, dy)} {_tangent_text(x, dx, dy, slope) if has_slope else _kink_text(x, left, right)}"
        )

    def _show_missing(self, x: float, dx: float, here: bool) -> str:  # noqa: FBT001 - whether x itself has a value
        """Show that the nudge has no value, and return why, in words."""
        at = f"x = {digits(x)}" if not here else f"x + dx = {digits(x + dx)}"
        words = self._function.problem or f"{self._function.name} has no value at {at}."
        self._tangent_layer.show(visible=False)
        self._write("dy / dx = ?", "nothing to be seen")
        return words

    def _draw(self, at: Array, moved: Array, slope: float) -> float:
        """Draw both panels, and return the magnification of the right one."""
        (x, y), (dx, dy) = at, moved
        rise = np.array([dx, slope * dx])
        ends = np.array([at, at + np.array([dx, 0.0]), at + moved])
        # Visible in the magnified panel: start and end of the nudge, and the end of the tangent.
        visible = np.array([at, at + moved, at + rise])
        middle = (visible.min(axis=0) + visible.max(axis=0)) / 2
        wide, tall = np.ptp(visible, axis=0) * self._far_scale
        zoom = min(_DX_WIDE / wide, _DY_TALL / tall if tall else np.inf)
        scale = zoom * self._far_scale
        middle[0] += np.sign(dx) * _ROOM_FOR_DY / scale[0]
        across = middle[0] + np.linspace(-0.5, 0.5, 121) * _WIDE / scale[0]

        def near(points: Array) -> Array:
            return ((points - middle) * scale + (_WIDE / 2, _TALL / 2)).T

        outside = np.array(self._far.get_xlim())
        self._far_tangent.set_data(outside, y + slope * (outside - x))
        self._far_legs.set_data(*ends.T)
        self._far_ends.set_data(*ends[[0, 2]].T)
        # What the right panel shows, as far as the left one does: an open frame would look like a mistake.
        half, (low, high) = np.array([_WIDE, _TALL]) / scale / 2, np.transpose([outside, self._far.get_ylim()])
        corner, opposite = np.clip(middle - half, low, high), np.clip(middle + half, low, high)
        self._lens.set_bounds(*map(float, (*corner, *(opposite - corner))))
        self._curve.set_data(*near(np.stack([across, self._function(across)], axis=1)))
        self._tangent.set_data(*near(np.stack([across, y + slope * (across - x)], axis=1)))
        self._legs.set_data(*near(ends))
        self._ends.set_data(*near(ends[[0, 2]]))
        for line in self._gap:
            line.set_data(*near(np.array([at + rise, at + moved])))
        self._label(near(ends).T, dx, dy)
        return float(zoom)

    def _write(self, ratio: str, zoom_text: str) -> None:
        self._ratio.write(Line(ratio, style.WIDTH / 2, 280))
        self._zoom_text.write(Line(zoom_text, _NEAR + _WIDE / 2, 49, colour=style.MUTED))

    def _label(self, ends: Array, dx: float, dy: float) -> None:
        """Write dx on the side of its line away from the curve, and dy beside its line, or beyond a short one."""
        start, corner, end = ends
        up = 1 if dy >= 0 else -1
        _set_text(self._dx, f"dx = {digits(dx)}", ((start[0] + corner[0]) / 2, corner[1] - 13 * up), "center")
        side = "left" if dx > 0 else "right"
        if abs(end[1] - corner[1]) > _MIN_DY_POINTS:
            _set_text(self._dy, f"dy = {digits(dy)}", (corner[0] + np.sign(dx) * 8, (end[1] + corner[1]) / 2), side)
        else:
            _set_text(self._dy, f"dy = {digits(dy)}", (corner[0], end[1] + 14 * up), "center")


_CURVE: dict[str, Any] = {"color": style.VALUE, "linewidth": 2.4}
_TANGENT: dict[str, Any] = {"color": style.INK, "linestyle": style.DASHED, "linewidth": 1.2}
_GAP: dict[str, Any] = {"color": style.MARKER, "linewidth": 6, "solid_capstyle": "butt"}
# Yellow alone hardly stands out: on light paper because it is light, and in the dark because it becomes dark.
_RIM: dict[str, Any] = _GAP | {"color": style.MUTED, "linewidth": 7.6}
_UNDER_WORDS = {"facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.85, "pad": 1.0}


def _set_text(text: Any, words: str, at: Point, side: str) -> None:  # noqa: ANN401
    text.set(text=words, position=at, ha=side, va="center")


def _visible_range(y: Array) -> tuple[float, float]:
    """Return the limits of the y axis: the whole curve, or its usual range if it has poles."""
    y = y[np.isfinite(y)]
    if not y.size:
        return 0.0, 1.0
    low, high = np.percentile(y, [_LOW, _HIGH])
    margin = _BEYOND * (high - low)
    bottom, top = max(y.min(), low - margin), min(y.max(), high + margin)
    rim = 0.06 * (top - bottom) or max(1.0, abs(top))
    return float(bottom - rim), float(top + rim)


def _magnification(zoom: float) -> str:
    return f"the same, {digits(float(f'{zoom:.2g}'))} times closer"


def _nudge_text(x: float, dx: float, dy: float) -> str:
    return f"At x = {digits(x)}, a nudge dx = {digits(dx)} moves y by dy = {digits(dy)}: dy / dx = {digits(dy / dx)}."


def _kink_text(x: float, left: float, right: float) -> str:
    return f"The curve has a kink at x = {digits(x)}: slope {digits(left)} on its left, {digits(right)} on its right."


def _tangent_text(x: float, dx: float, dy: float, slope: float) -> str:
    """Return in words how far the tangent moves, and how far the curve is from it at the end of the nudge."""
    movement = f"The tangent has the slope {digits(slope)} and moves by {digits(slope * dx)}"
    apart = dy - slope * dx
    if abs(apart) <= _ROUNDING * max(1.0, abs(dy)):
        return f"{movement}: as far as the curve."
    side = "above" if apart > 0 else "below"
    share = f", {100 * abs(apart / dy):.3g} % of dy" if dy else ""
    return f"{movement}; at x + dx = {digits(x + dx)} the curve is {digits(abs(apart))} {side} it{share}."
