"""Widget: gradients that arrive at each state, with switches that leave out the loss path or the time path."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb, to_rgba_array
from matplotlib.patches import Circle

from bptt.rnn import RNNCaches
from bptt.types import Array, Gradients
from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.draw import TextCollection, Tint
from bptt.viz.sequence_layout import JOIN, SequenceLayout, Way, place
from bptt.widgets.ablations import Loop, loops, same, wrong
from bptt.widgets.controls import switch, whole
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.learner_gradients import learner_gradients
from bptt.widgets.scene import Layer, Scene
from bptt.widgets.text_boxes import TextBoxes, TextBoxStyle
from bptt.wording import join_names

_MOST = 5
_LEFT, _RIGHT, _WIDEST = 134.0, 472.0, 86.0
"""Between these the steps stand; one step takes no more than its widest."""
_BOXES, _CHAIN = 42.0, 118.0
_ROADS, _RETURNED, _ROW = 170.0, 236.0, 19.0
"""Middle of the first row of what arrives, heading of what is returned, and the height of a row."""
_CELL = (28.0, 14.0)
_HEADINGS, _DA0 = -114.0, -39.0
"""From the first cell to the names of the rows, and to the column of da0."""
_WEIGHTS = {"dWax": 513.0, "dWaa": 545.0, "dba": 577.0}
_SUM_AT = (498.0, 42.0, 94.0, 146.0)
_SUM_DIGITS = 11.0
_NOTES = 205.0
_PLAIN, _BOLD = 0.9, 2.2
"""Outlines of numbers that are right and wrong."""
_NAMES = {
    "da[:, :, t]": ("loss path", style.LOSS_PATH, style.LOSS_PATH),
    "da_prevt": ("time path", style.TIME_PATH, style.TIME_PATH_TEXT),
    "da_next": ("into the cell", style.SUM, style.SUM),
}
"""What arrives and what goes on: what it is called, its colour, and that of text about it."""

Roads = tuple[bool, bool]
"""Whether a loop has the loss path, and the time path."""
_HOW = {
    (True, True): "Both roads, added at every state.",
    (True, False): "No step hears of a later one.",
    (False, True): "The loop starts with the last loss, and no other joins.",
    (False, False): "Nothing enters the loop.",
}
_SUCH = {
    (True, False): "a loop without the time path",
    (False, True): "a loop without the losses of the earlier steps",
    (False, False): "a loop into which nothing enters",
}


@style.styled
def two_roads(da: Array, caches: RNNCaches, rnn_backward: Callable[..., Any] | None = None) -> InteractiveFigure:
    r"""Show both gradients that arrive at each state of a sequence, with a switch for each of the two paths.

    .. math:: da_{next}^{\langle t \rangle} = da^{\langle t \rangle} + da_{prevt}^{\langle t \rangle}

    Below the chain stands what a loop with the chosen roads returns, beside the exact gradients and the learner's own.
    The loop that leaves out the loss path starts, as learners' do, with the gradient of the last loss.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step; ``T_x`` is 1 to 5. Arrays with more than one
        entry are shown by their norms.
    caches : RNNCaches
        What the forward pass left, as from ``inputs.rnn``.
    rnn_backward : callable, optional
        The learner's own function.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    ValueError
        If there are more than five steps, or ``da`` does not belong to ``caches``.
    """
    da = np.asarray(da, dtype=float)
    expected = (*caches.steps[0].a_next.shape, len(caches.steps))
    if da.shape != expected:
        raise ValueError(f"da has shape {draw.shape(da)}. With these caches it has {expected}.")
    if expected[-1] > _MOST:
        raise ValueError(f"There is room for 1 to {_MOST} steps, not for {expected[-1]}. viz.two_roads draws more.")
    last = expected[-1] - 1
    return InteractiveFigure(
        _Switches(da, caches, rnn_backward),
        lines=3,
        t=whole("step t", last // 2, (0, last)),
        loss=switch("loss path, da[:, :, t]"),
        time=switch("time path, da_prevt"),
    )


class _Switches(Scene):
    def __init__(self, da: Array, caches: RNNCaches, rnn_backward: Callable[..., Any] | None) -> None:
        rows = 2 if rnn_backward is None else 3
        self._last_line = _RETURNED + (rows + 1) * _ROW + 10
        title = "Two roads lead back to every state, and where they meet they add"
        super().__init__(
            Card(
                self._last_line + 18,
                title=title,
                caption=f"{title}. What a loop returns, with both roads or without one of them.",
                description="",
            )
        )
        self._da, self._loops = da, loops(da, caches)
        self._exact = self._loops[True, True].returned
        self._yours = None
        if rnn_backward is not None:
            self._yours = learner_gradients("rnn_backward", rnn_backward, {"da": da, "caches": caches}, self._exact)
        self._length = da.shape[-1]
        room = min(_WIDEST, (_RIGHT - _LEFT) / self._length)
        start = _LEFT + (_RIGHT - _LEFT - room * self._length) / 2
        places = [place(start + t * room, room) for t in range(self._length)]
        self._chain = SequenceLayout(self.card.page, places, _BOXES, _CHAIN, min(58.0, room - 8))
        self._joins = [there.join for there in places]
        self._columns = [*self._joins, start + _DA0, *_WEIGHTS.values()]
        self._draw_still(start + _HEADINGS)
        self._draw_moving()

    def _draw_still(self, left: float) -> None:
        """Draw the chain, the names of rows and columns, and the numbers that no control changes."""
        page, chain = self.card.page, self._chain
        for t in range(self._length):
            chain.step(t, f"prediction,\nloss {t}")
            chain.forward(t)
        _arrow(page, chain.out(), "time path")
        before = self._columns[self._length]
        draw.code(page, (before, _CHAIN - 7), "a0", size=style.LABEL, color=style.MUTED)
        draw.code(page, (before, _CHAIN + 7), "da0", size=style.LABEL, color=style.TIME_PATH_TEXT)
        bold: dict[str, Any] = {"size": style.SMALL, "weight": "bold", "ha": "left"}
        for i, (name, (_, _, ink)) in enumerate(_NAMES.items()):
            draw.code(page, (left, _ROADS + i * _ROW), name, color=ink, **bold)
        for i, name in enumerate(("exact", "this loop") if self._yours is None else ("exact", "this loop", "yours")):
            draw.text(page, (left, self._row(i)), name, **bold)
        notes = ["thick outline: wrong"] if self._single else ["numbers are norms,", "thick outline: wrong"]
        for i, note in enumerate(notes):
            at = (style.WIDTH - style.MARGIN, _NOTES + 12 * i)
            draw.text(page, at, note, size=style.SMALL, color=style.MUTED, ha="right")
        self._sum_frame()

    def _sum_frame(self) -> None:
        """Draw the frame of the sum at the lit step."""
        page, (left, top, wide, _) = self.card.page, _SUM_AT
        draw.box(page, _SUM_AT, radius=8, facecolor=style.MARKER_PALE, edgecolor=style.INK, linewidth=1.0)
        for i, (words, _, ink) in enumerate(_NAMES.values()):
            y = top + 52 + 38 * i
            draw.text(page, (left + wide - 8, y), words, size=style.SMALL, color=ink, ha="right")
        page.plot([left + 10, left + wide - 8], [top + 103, top + 103], color=style.INK, linewidth=0.8)

    def _draw_moving(self) -> None:
        """Draw what the controls change, and what stands above the light."""
        page, (left, top, wide, _) = self.card.page, _SUM_AT
        with self.moving():
            self._draw_light()
            joins = self._joins
            for t, x in enumerate(joins):
                _arrow(page, self._chain.into_cell(t), "da_next")
                page.add_patch(Circle((x, _CHAIN), JOIN, facecolor=style.INK, zorder=3))
            names = [f"a[:, :, {t}]" for t in range(len(joins))] + self._returned_names()
            heads = [(x, _CHAIN + 27) for x in joins] + [(x, _RETURNED) for x in self._columns]
            muted = np.tile(to_rgb(style.MUTED), (len(heads), 1))
            page.add_collection(TextCollection(names, np.array(heads), style.LABEL, muted))
            TextBoxes(page, self._centres(0), _CELL, self._looks(self._exact, style.EXACT))
            if self._yours is not None:
                TextBoxes(page, self._centres(2), _CELL, self._looks(self._yours.gradients, style.YOURS))
            at = [(left + wide / 2, top + 36 + 38 * i) for i in range(3)]
            self._sum = TextCollection([""] * 3, np.array(at), _SUM_DIGITS, np.zeros((3, 3)))
            page.add_collection(self._sum)
            self._step = draw.code(page, (left + wide / 2, top + 15), "", size=style.BODY, weight="bold")
        self._roads: dict[str, dict[bool, Layer]] = {"loss": {}, "time": {}}
        for there in (True, False):
            with self.moving() as self._roads["loss"][there]:
                self._road([self._chain.from_above(t) for t in range(self._length)], "loss path", there=there)
            with self.moving() as self._roads["time"][there]:
                self._road([self._chain.from_later(t) for t in range(self._length)], "time path", there=there)
        self._numbers: dict[Roads, Layer] = {}
        for roads, loop in self._loops.items():
            with self.moving() as self._numbers[roads]:
                self._draw_loop(roads, loop)

    def _draw_light(self) -> None:
        """Draw what lights up a step."""
        top = _CHAIN + 18
        at = (0, top, _CELL[0] + 28, self._last_line - 13 - top)
        light: dict[str, Any] = {"edgecolor": style.INK, "linewidth": 1.0, "zorder": 0.8}
        self._column = draw.box(self.card.page, at, radius=8, facecolor=style.MARKER_PALE, **light)
        self._halo = Circle((0, _CHAIN), 11, facecolor=(*to_rgb(style.MARKER), 0.6), **light)
        self.card.page.add_patch(self._halo)

    def _draw_loop(self, roads: Roads, loop: Loop) -> None:
        """Draw the numbers of one loop, and say what it does."""
        page, arrays = self.card.page, self._arriving(roads, loop)
        shown = [_norm(values[..., t]) for values in arrays.values() if values is not None for t in range(self._length)]
        scale = draw.largest(np.array(shown))
        looks = [
            TextBoxStyle("", face=style.SHADE) if values is None else _tinted(values[..., t], _NAMES[name][1], scale)
            for name, values in arrays.items()
            for t in range(self._length)
        ]
        centres = [(x, _ROADS + i * _ROW) for i in range(3) for x in self._joins]
        TextBoxes(page, centres + self._centres(1), _CELL, looks + self._looks(loop.returned, style.INK))
        end = self._chain.from_later(self._length - 1)[0][0] + 3
        start = _amount(loop.da_prevt[..., -1]) if roads[1] else ""
        draw.code(page, (end, _CHAIN), start, color=style.TIME_PATH_TEXT, size=style.SMALL, ha="left")
        draw.text(page, (style.MARGIN, self._last_line), f"{_HOW[roads]} {self._verdict(loop)}", ha="left")

    def _arriving(self, roads: Roads, loop: Loop) -> dict[str, Array | None]:
        """Return what arrives and what goes on, by name; None for a road that is left out."""
        loss, time = roads
        arrays = (self._da if loss else None, loop.da_prevt if time else None, loop.da_next)
        return dict(zip(_NAMES, arrays, strict=True))

    def _road(self, ways: list[Way], road: str, *, there: bool) -> None:
        """Draw a gradient's arrows; a road left out is grey and crossed."""
        page = self.card.page
        for way in ways:
            _arrow(page, way, road, **({} if there else {"color": style.HAIRLINE}))
        if not there:
            x, y = np.array(ways).mean(axis=1).T
            page.plot(x, y, "x", color=style.WRONG, markersize=7, markeredgewidth=2.2, zorder=5)

    def update(self, *, t: int, loss: bool, time: bool) -> str:
        roads, loop = (loss, time), self._loops[loss, time]
        for layers, on in ((self._roads["loss"], loss), (self._roads["time"], time), (self._numbers, roads)):
            for state, layer in layers.items():
                layer.show(state == on)
        self._column.set_x(self._joins[t] - self._column.get_width() / 2)
        self._halo.set_center((self._joins[t], _CHAIN))
        self._step.set_text(f"a[:, :, {t}]")
        arrays = self._arriving(roads, loop)
        numbers = ["left out" if values is None else _amount(values[..., t]) for values in arrays.values()]
        signs = ("", "+" if loss and time else "", "=") if self._single else ("", "", "")
        lines = [f"{sign:2}{number:>6}" for sign, number in zip(signs, numbers, strict=True)]
        inks = [style.MUTED if arrays[name] is None else ink for name, (_, _, ink) in _NAMES.items()]
        self._sum.write(
            [number if number == "left out" else line for number, line in zip(numbers, lines, strict=True)],
            to_rgba_array(inks),
        )
        said = (self._meeting(t, roads, numbers), _HOW[roads], self._verdict(loop), self._at_step(t, loop), self._own())
        return " ".join(sentence for sentence in said if sentence)

    @property
    def _single(self) -> bool:
        return all(array.size == 1 for array in (self._da[..., 0], self._exact["dx"][..., 0]))

    def _row(self, i: int) -> float:
        return _RETURNED + 19 + i * _ROW

    def _centres(self, i: int) -> list[tuple[float, float]]:
        return [(x, self._row(i)) for x in self._columns]

    def _returned_names(self) -> list[str]:
        return [f"dx[:, :, {t}]" for t in range(self._length)] + ["da0", *_WEIGHTS]

    def _parts(self, gradients: Gradients) -> list[Array | None]:
        """Return what stands in the columns: of dx one array for each step."""
        dx = gradients.get("dx")
        steps = [None] * self._length if dx is None else list(np.moveaxis(dx, -1, 0))
        return [*steps, *(gradients.get(name) for name in ("da0", *_WEIGHTS))]

    def _wrong(self, gradients: Gradients) -> list[bool]:
        """Tell in which columns a gradient is wrong, or missing."""
        off = {name: wrong(gradients[name], exact) for name, exact in self._exact.items() if name in gradients}
        return [part is None or bool(part.any()) for part in self._parts(off)]

    def _looks(self, gradients: Gradients, edge: str) -> list[TextBoxStyle]:
        """Return the looks of a row of what is returned; a dash stands for what is not there."""
        looks = []
        for part, off in zip(self._parts(gradients), self._wrong(gradients), strict=True):
            if part is None:
                looks.append(TextBoxStyle("\N{EN DASH}", ink=style.MUTED))
            else:
                looks.append(
                    TextBoxStyle(_amount(part), edge=style.WRONG if off else edge, width=_BOLD if off else _PLAIN)
                )
        return looks

    def _verdict(self, loop: Loop) -> str:
        off = self._wrong(loop.returned)
        if not any(off):
            return "All that it returns is exact."
        return f"Wrong: {_listed(off, self._length)}."

    def _meeting(self, t: int, roads: Roads, numbers: list[str]) -> str:
        loss, time, total = numbers
        if roads == (True, True):
            meet = f"loss path {loss} + time path {time} = {total}"
            if not self._single:
                meet = f"the loss path brings {loss}, the time path {time}, and together they are {total}"
            return f"At step {t}: {meet}, which goes into the cell{'' if self._single else ' (norms)'}."
        return f"At step {t}: {total} goes into the cell{'' if self._single else ' (norm)'}."

    def _at_step(self, t: int, loop: Loop) -> str:
        mine, exact = (_amount(gradients["dx"][..., t]) for gradients in (loop.returned, self._exact))
        if loop.title:
            return f"dx[:, :, {t}] is {mine}; exact is {exact}."
        return f"dx[:, :, {t}] is {exact}."

    def _own(self) -> str:
        own = self._yours
        if own is None:
            return ""
        if own.right:
            return "Yours: all exact."
        if own.problem:
            return f"Yours: {own.problem}"
        for roads, loop in self._loops.items():
            if loop.title and same(own.gradients, loop):
                return f"Yours is {_SUCH[roads]}. The check calls it: {loop.title}."
        return f"Yours is wrong: {_listed(self._wrong(own.gradients), self._length)}."


def _listed(off: list[bool], length: int) -> str:
    """Name the columns that are wrong."""
    steps = [str(t) for t in range(length) if off[t]]
    found = [f"dx at step{'s' if len(steps) > 1 else ''} {join_names(steps)}"] if steps else []
    found += [name for name, bad in zip(("da0", *_WEIGHTS), off[length:], strict=True) if bad]
    return ", ".join(found)


def _amount(values: Array) -> str:
    """Write the number of a single entry, or else the norm."""
    return draw.number(float(values.flat[0]) if values.size == 1 else _norm(values))


def _norm(values: Array) -> float:
    """Return the norm over all entries, which the squares of huge ones do not overflow."""
    scale = draw.largest(values) or 1.0
    return scale * float(np.linalg.norm(values / scale))


def _tinted(values: Array, colour: str, scale: float) -> TextBoxStyle:
    norm = np.array(_norm(values))
    cell, ink = draw.shades(norm, Tint(colour, scale), draw.DEPTH_UNDER_NUMBERS)
    return TextBoxStyle(_amount(values), tuple(ink), tuple(cell), colour)


def _arrow(page: Any, way: Way, road: str, **look: Any) -> None:  # noqa: ANN401
    draw.arrow(page, list(way), **{"linewidth": 1.8, "zorder": 2.5} | style.line_style(road) | look)
