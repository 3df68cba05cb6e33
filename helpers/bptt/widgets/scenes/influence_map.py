"""Widget: influence matrices of an RNN and an LSTM, with sliders for spectral radius and forget bias."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from bptt.influence import influence
from bptt.types import Array
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import Box
from bptt.viz.figures.influence_map import SHADES, InfluenceByLag, factor, tints
from bptt.widgets.controls import number, whole
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.learner_influence import BackwardProbe, Caches, learner_influence
from bptt.widgets.scene import Scene

Maker = Callable[..., tuple[Array, Caches]]

DEFAULT_STEPS = 24
_DECADES = (-8.0, 8.0)
"""Exponents of ten at the ends of the scale. It is fixed, so that a change in the picture is one of the influence."""
_TICKS = (-8.0, -4.0, 0.0, 4.0, 8.0)
_MAX_RELATIVE_ERROR = 1e-6
"""Largest difference between equal norms, relative to the larger one."""
_TICK_STEPS = 5
"""Steps from tick to tick, where not each step has one."""
_TOP = 74.0
_LEFT, _RIGHT, _GAP = 54.0, 592.0, 20.0
_ALONE, _OF_TWO, _OF_MORE = 190.0, 150.0, 112.0
_CURVE_TO_MAP, _BELOW_CURVE = 58.0, 42.0
_BAR_BELOW, _BAR_TALL, _BELOW_BAR = 46.0, 9.0, 24.0
_MAX_MAPS_BESIDE = 2
"""Up to this number, maps are in one row; more are in a column for each network, the learner's below the exact one."""
_TOP_OF_MORE, _CURVE_TOP_OF_MORE = 56.0, 80.0
_HEADING, _BELOW_MAP = 10.0, 30.0
_RADII, _BIASES = (0.0, 2.0), (-4.0, 6.0)
_LOOKS: dict[str, dict[str, Any]] = {
    "RNN": {"color": style.INK, "linestyle": style.SOLID, "marker": "o", "markersize": 3.5, "zorder": 3},
    "LSTM": {"color": style.MEMORY_PATH, "linestyle": style.DASHED, "marker": "s", "markersize": 3.5, "zorder": 2.9},
}
_YOURS: dict[str, Any] = {
    "color": style.YOURS,
    "linewidth": 6,
    "marker": "o",
    "markersize": 7,
    "markeredgewidth": 0,
    "zorder": 2,
}


@style.styled
def influence_map(  # noqa: PLR0913 - two networks, each with a learner's function and a start for its slider
    rnn: Maker | None = None,
    lstm: Maker | None = None,
    *,
    rnn_backward: Callable[..., Any] | None = None,
    lstm_backward: Callable[..., Any] | None = None,
    radius: float = 1.0,
    forget_bias: float = 3.0,
    T_x: int = DEFAULT_STEPS,
) -> InteractiveFigure:
    r"""Show the influence of every state on every loss, with sliders for what it depends on.

    For each pair of loss and state the norm :math:`\lVert \partial L_k / \partial a^{\langle t \rangle} \rVert`, and
    its median and range at each lag :math:`k - t`, on one fixed scale of powers of ten.

    Parameters
    ----------
    rnn : callable, optional
        ``rnn(radius, T_x=24)`` makes ``da (n_a, m, T_x)`` and ``RNNCaches`` of a network whose Waa has a given spectral
        radius.
    lstm : callable, optional
        ``lstm(forget_bias, T_x=24)`` makes ``da`` and ``LSTMCaches`` of one whose forget gates have a given bias. At
        least one of both is needed.
    rnn_backward, lstm_backward : callable, optional
        The learner's own functions: each gets a map and a curve of what it returns as ``da0`` for the steps after each
        state alone.
    radius, forget_bias : float
        Values of the sliders at the start: from 0 to 2, and from -4 to 6.
    T_x : int
        Length of the longest sequence; shorter ones are its first steps.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there is no network, or a learner's function without its network.
    """
    if rnn is None and lstm is None:
        raise ValueError("Give a function that makes a sequence: influence_map(rnn), or influence_map(rnn, lstm).")
    if (rnn is None and rnn_backward is not None) or (lstm is None and lstm_backward is not None):
        raise ValueError(
            "A backward pass needs a sequence of its own kind: rnn_backward an rnn, lstm_backward an lstm."
        )
    controls: dict[str, Any] = {"T_x": whole("T_x", T_x, (1, T_x))}
    networks = []
    if rnn is not None:
        networks.append(_Network("RNN", "radius", rnn, T_x, _probe("rnn_backward", rnn_backward)))
        controls["radius"] = number("spectral radius", float(np.clip(radius, *_RADII)), _RADII, 0.05)
    if lstm is not None:
        networks.append(_Network("LSTM", "forget_bias", lstm, T_x, _probe("lstm_backward", lstm_backward)))
        controls["forget_bias"] = number("forget bias", float(np.clip(forget_bias, *_BIASES)), _BIASES, 0.25)
    return InteractiveFigure(_Panels(networks, T_x), lines=2 + len(networks), **controls)


def _probe(name: str, function: Callable[..., Any] | None) -> BackwardProbe | None:
    return None if function is None else BackwardProbe(name, function, "da0")


class _Network:
    """One kind of network, with a cache of its influence matrices by setting."""

    def __init__(self, name: str, setting: str, make: Maker, length: int, yours: BackwardProbe | None) -> None:
        self.name, self.setting, self.yours = name, setting, yours
        self._make, self._length = make, length
        self._cache: dict[float, tuple[Array, Array | None]] = {}

    @property
    def has_own_map(self) -> bool:
        """Whether the learner's function has a map."""
        return self.yours is not None and not self.yours.problem

    def norms(self, value: float) -> tuple[Array, Array | None]:
        """Return the exact influence matrix and the learner's at one setting."""
        if value not in self._cache:
            da, caches = self._make(value, T_x=self._length)
            with np.errstate(all="ignore"):
                exact = influence(da, caches)
            own = learner_influence(self.yours, da, caches) if self.yours is not None and self.has_own_map else None
            self._cache[value] = exact, own
        return self._cache[value]


class _Panels(Scene):
    def __init__(self, networks: list[_Network], length: int) -> None:
        self._networks, self._length = networks, length
        places = {n.name: (i, 0) for i, n in enumerate(networks)}
        places |= {f"{n.name}, yours": (i, 1) for i, n in enumerate(networks) if n.has_own_map}
        beside = len(places) <= _MAX_MAPS_BESIDE
        if beside:
            places = {name: (i, 0) for i, name in enumerate(places)}
        side = {1: _ALONE, 2: _OF_TWO}.get(len(places), _OF_MORE)
        top, curve_top = (_TOP, _TOP) if beside else (_TOP_OF_MORE, _CURVE_TOP_OF_MORE)
        columns, rows = (1 + max(numbers) for numbers in zip(*places.values(), strict=True))
        maps_right, bottom = _LEFT + columns * (side + _GAP) - _GAP, top + rows * (side + _GAP) - _GAP
        title = "How far a loss reaches back"
        super().__init__(
            Card(
                bottom + (_BAR_BELOW + _BAR_TALL + _BELOW_BAR if beside else _BELOW_MAP),
                title=title,
                caption="A row is a loss, a column a state: the gradient as a share of that at the loss's own step.",
                description="",
            )
        )
        self._scale = Normalize(*_DECADES)
        self._steps = range(0, length, _TICK_STEPS if length > 2 * _TICK_STEPS else 1)
        boxes = {
            name: (_LEFT + column * (side + _GAP), top + row * (side + _GAP), side, side)
            for name, (column, row) in places.items()
        }
        taken = set(places.values())
        axes = {
            name: self._map_axes(
                boxes[name], first=(column - 1, row) not in taken, lowest=(column, row + 1) not in taken
            )
            for name, (column, row) in places.items()
        }
        left = maps_right + _CURVE_TO_MAP
        if beside:
            self._curve_axes((left, top, _RIGHT - left, side))
            self._bar((_LEFT, bottom + _BAR_BELOW, maps_right - _LEFT - 48, _BAR_TALL))
        else:
            bar_top = self.card.height - _BELOW_BAR - _BAR_TALL
            self._curve_axes((left, curve_top, _RIGHT - left, bar_top - _BELOW_CURVE - curve_top))
            self._bar((left, bar_top, _RIGHT - left - 48, _BAR_TALL))
        self._below = np.nonzero(np.tri(length, dtype=bool))
        losses, states = self._below
        corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
        squares = np.stack([states, losses], axis=1)[:, None] + corners
        self._maps = {}
        with self.moving():
            for name, at in boxes.items():
                map_axes = axes[name]
                image = PolyCollection(squares, linewidths=0, antialiased=False)
                map_axes.add_collection(image, autolim=False)
                (not_finite,) = map_axes.plot([], [], "x", color=style.INK, markersize=3.5, markeredgewidth=0.9)
                heading = draw.text(self.card.page, (at[0], at[1] - _HEADING), name, ha="left", size=style.SMALL)
                look = _LOOKS.get(name) or _YOURS
                (line,) = self._curves.plot([], [], **look)
                band = PolyCollection([], facecolor=look["color"], alpha=0.14, linewidths=0, zorder=1)
                self._curves.add_collection(band, autolim=False)
                frame = Rectangle((0, 0), 1, 1, transform=map_axes.transAxes, fill=False, clip_on=False, zorder=5)
                map_axes.add_patch(frame)
                self._maps[name] = (image, not_finite, heading, line, band, frame)
        self._key(list(places))

    def _map_axes(self, at: Box, *, first: bool, lowest: bool) -> Any:  # noqa: ANN401 - axes
        axes = self.card.plot_axes(*at)
        axes.set_xticks(self._steps)
        axes.set_yticks(self._steps)
        axes.set_xlim(-0.5, self._length - 0.5)
        axes.set_ylim(self._length - 0.5, -0.5)
        axes.tick_params(length=3)
        if lowest:
            axes.set_xlabel("state t", labelpad=2)
        else:
            axes.set_xticklabels([])
        if first:
            axes.set_ylabel("loss k")
        else:
            axes.set_yticklabels([])
        axes.text(
            0.97,
            0.94,
            "no loss reaches\na later state",
            transform=axes.transAxes,
            ha="right",
            va="top",
            size=style.SMALL,
            color=style.MUTED,
        )
        return axes

    def _bar(self, at: Box) -> None:
        """Draw the colour bar, and the colours of entries that are zero or not finite."""
        left, top, wide, _ = at
        axes = self.card.plot_axes(*at)
        axes.imshow(np.linspace(0, 1, 128)[None], aspect="auto", cmap=SHADES, extent=(*_DECADES, 0, 1))
        axes.spines[:].set_visible(False)
        axes.set_xticks(_TICKS, [draw.power_of_ten(t) for t in _TICKS])
        axes.set_yticks([])
        axes.tick_params(length=3)
        for i, (sign, colour) in enumerate((("0", style.HAIRLINE), ("×", style.WRONG))):
            x = left + wide + 12 + 20 * i
            draw.box(self.card.page, (x, top, 12, 9), radius=0, facecolor=colour, edgecolor=style.MUTED)
            draw.text(self.card.page, (x + 6, top + 18), sign, size=style.SMALL, color=style.MUTED)

    def _curve_axes(self, at: Box) -> None:
        axes = self._curves = self.card.plot_axes(*at)
        left, top, *_ = at
        self._curves_at = left, top
        low, high = _DECADES
        axes.set_xlim(-0.3, max(self._length - 0.7, 0.7))
        axes.set_ylim(low, high)
        axes.set_yticks(_TICKS, [draw.power_of_ten(t) for t in _TICKS])
        axes.grid(axis="y", color=style.HAIRLINE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.tick_params(length=3)
        axes.set_xticks(self._steps)
        axes.set_xlabel("lag k \N{MINUS SIGN} t: steps back from the loss")

    def _key(self, titles: list[str]) -> None:
        """Draw the key to the curves, in two lines if there are more than two."""
        (left, y), page = self._curves_at, self.card.page
        lines = [titles]
        if len(titles) > _MAX_MAPS_BESIDE:
            lines = [[t for t in titles if t in _LOOKS], [t for t in titles if t not in _LOOKS]]
            look = {"ha": "right", "size": style.SMALL, "color": style.MUTED}
            draw.text(page, (_RIGHT, y - 30), "median at each lag", **look)
        for above, names in enumerate(reversed(lines)):
            x, level = left, y - 14 - 16 * above
            for name in names:
                page.plot([x, x + 10, x + 20], [level] * 3, markevery=[1], **_LOOKS.get(name) or _YOURS)
                draw.text(page, (x + 26, level), name, ha="left", size=style.SMALL)
                x += 38 + 4.6 * len(name)

    def update(self, *, T_x: int, **settings: float) -> str:
        sentences = [f"T_x = {T_x}."]
        for network in self._networks:
            value = settings[network.setting]
            exact, own = network.norms(value)
            shown = InfluenceByLag(f"{network.name}, {network.setting.replace('_', ' ')} {value:g}", exact[:T_x, :T_x])
            self._show(network.name, shown)
            sentences.append(shown.verdict().replace("-", "\N{MINUS SIGN}"))
            if network.yours is not None:
                sentences.append(self._show_own(network, shown, None if own is None else own[:T_x, :T_x]))
        return " ".join(sentences)

    def _show_own(self, network: _Network, exact: InfluenceByLag, own: Array | None) -> str:
        """Show the learner's influence matrix, and return in words how it differs."""
        name = network.yours.name if network.yours else ""
        if network.yours is None or network.yours.problem:
            return f"Your {name}: {network.yours.problem if network.yours else ''}"
        title = f"{network.name}, yours"
        if own is None:
            self._show(title, InfluenceByLag(title, np.full_like(exact.norms, np.nan)), wrong=True)
            return f"Your {name} gives no da0 that can be used here."
        pairs = np.tri(len(own), dtype=bool)
        tolerance = _MAX_RELATIVE_ERROR * np.maximum(np.abs(own), np.abs(exact.norms))
        with np.errstate(invalid="ignore"):
            same = np.isclose(own, exact.norms, rtol=0, atol=tolerance, equal_nan=True) | (own == exact.norms)
        wrong_pairs = int((pairs & ~same).sum())
        own_influence = InfluenceByLag(f"Your {name}", own)
        self._show(title, own_influence, wrong=wrong_pairs > 0)
        if wrong_pairs:
            return f"{own_influence.verdict()} It differs from the exact one at {wrong_pairs} of {pairs.sum()} pairs."
        return f"Your {name}: " + (
            "all as the exact one." if network.yours.right else "the same sizes, but not all that it returns is right."
        )

    def _show(self, name: str, shown: InfluenceByLag, *, wrong: bool = False) -> None:
        """Set one map and its curve."""
        image, not_finite, heading, line, band, frame = self._maps[name]
        n = shown.length
        colours = np.zeros((self._length, self._length, 4))
        colours[:n, :n], _, where_not_finite = tints(shown.norms, self._scale)
        # One array of colours is taken as it is; a list of them takes 1.6 ms to check.
        image.set_facecolor(colours[self._below])  # type: ignore[arg-type]
        rows, columns = np.nonzero(where_not_finite)
        not_finite.set_data(columns, rows)
        fit = shown.line()
        heading.set_text(f"{name}: × {factor(fit[0])} per step" if fit and n > 1 else name)
        frame.set(edgecolor=style.WRONG if wrong else "none", linewidth=2.2)
        lags = np.arange(n)
        with np.errstate(divide="ignore", invalid="ignore"):
            low, middle, high = (np.log10(np.where(v > 0, v, np.nan)) for v in (shown.low, shown.median, shown.high))
        line.set_data(lags, np.where(np.isfinite(middle), middle, np.nan))
        known = np.isfinite(high)
        bottom = np.where(np.isfinite(low), low, _DECADES[0] - 1)
        if known.sum() > 1:
            edge = np.concatenate(
                [np.stack([lags, high])[:, known], np.stack([lags, bottom])[:, known][:, ::-1]], axis=1
            )
            band.set_verts([edge.T])
        else:
            band.set_verts([])
