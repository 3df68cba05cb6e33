"""Widget: gradients that arrive at each step of an RNN or an LSTM, with switches that leave out one of two roads."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from bptt.lstm import LSTMCaches
from bptt.rnn import RNNCaches
from bptt.types import Array, Gradients
from bptt.viz import draw, style
from bptt.viz.draw import Box, Point, Tint
from bptt.viz.sequence_layout import JOIN, SequenceLayout, Way, gradient
from bptt.viz.sheet import Sheet
from bptt.widgets.ablations import LSTM, RNN, Roads, loops, same, switched, wrong
from bptt.widgets.browser_figure import (
    NARROW,
    BrowserFigure,
    Layer,
    Number,
    Sentence,
    column_layout,
    page_layout,
    slider,
    slot,
    switch,
)
from bptt.widgets.learner_gradients import learner_gradients
from bptt.wording import join_names

_MOST = 5
_TOP = 38.0
"""Where the picture begins on a page."""
_NAME_ROOM = 55.0
"""Least width of a step on a page that has room for the name of an array, such as ``dx[:, :, 0]``."""
_PLAIN, _BOLD = 0.9, 2.2
"""Outlines of numbers that are right and wrong."""
_LARGE = 100.0
"""From here on, a sum has no room for more decimals."""
_FINEST = 6
"""Most characters that have room in a box."""
_DOT = 9.0
"""From the middle of a state's dot, a click so far to any side selects its step."""


class _Row(NamedTuple):
    """What arrives at each step, or goes on: its name in code, the path on which it comes, its colour as text."""

    name: str
    path: str
    road: str
    colour: str
    ink: str


class _Words(NamedTuple):
    """Heading and rows, and what is said of a loop and of a function like it, by which of two roads it has."""

    title: str
    rows: tuple[_Row, ...]
    how: dict[Roads, str]
    such: dict[Roads, str]


_STATES = (
    _Row("da[:, :, t]", "loss path", "loss", style.LOSS_PATH, style.LOSS_PATH),
    _Row("da_prevt", "time path", "time", style.TIME_PATH, style.TIME_PATH_TEXT),
    _Row("da_next", "into the cell", "sum", style.SUM, style.SUM),
)
_WORDS = {
    RNN.names: _Words(
        "Two roads lead back to every state, and where they meet they add",
        _STATES,
        {
            (True, True): "Both roads, added at every state.",
            (True, False): "No gradient reaches a step from later steps.",
            (False, True): "The loop starts with the gradient of the last loss, and no other loss is added.",
            (False, False): "No gradient enters the loop.",
        },
        {
            (True, False): "a loop without the time path",
            (False, True): "a loop without the losses of the earlier steps",
            (False, False): "a loop into which nothing enters",
        },
    ),
    LSTM.names: _Words(
        "Two roads lead back from cell to cell: one to the state, one to the memory",
        (*_STATES, _Row("dc_prevt", "memory path", "memory", style.MEMORY_PATH, style.MEMORY_PATH_TEXT)),
        {
            (True, True): "Each cell receives both gradients that the next cell returns.",
            (True, False): "No gradient goes back from one memory to the memory before it.",
            (False, True): "From later steps, gradients come back only along the memory.",
            (False, False): "No gradient reaches a step from later steps.",
        },
        {
            (True, False): "a loop without the memory path",
            (False, True): "a loop without the time path",
            (False, False): "a loop that carries nothing back",
        },
    ),
}


def two_roads(da: Array, caches: RNNCaches | LSTMCaches, backward: Callable[..., Any] | None = None) -> BrowserFigure:
    r"""Show the gradients that arrive at each step of a sequence, with a switch for each of two roads.

    In an RNN these are the loss path and the time path, which meet at every state.

    .. math:: da_{next}^{\langle t \rangle} = da^{\langle t \rangle} + da_{prevt}^{\langle t \rangle}

    Below the chain stands what a loop with the chosen roads returns, beside the exact gradients and the learner's own.
    The loop that leaves out the loss path starts, as learners' do, with the gradient of the last loss.

    In an LSTM they are the two roads from one cell back to the one before: the time path, ``da_prevt``, and the memory
    path, ``dc_prevt``. The loss path stays, because nothing is left without it. What is added inside the cell, on the
    way into the memory, is not shown; ``viz.memory_roads`` draws it.

    Parameters
    ----------
    da : ndarray (n_a, m, T_x)
        Gradient that reaches each state from the loss of its own step; ``T_x`` is 1 to 5. Arrays with more than one
        entry are shown by their norms.
    caches : RNNCaches or LSTMCaches
        What the forward pass left, as from ``inputs.rnn`` or ``inputs.lstm``.
    backward : callable, optional
        The learner's own ``rnn_backward`` or ``lstm_backward``.

    Returns
    -------
    BrowserFigure

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
    picture = _Picture(da, caches, backward)
    roads, both, words = picture.roads, ("t", *picture.roads), picture.words
    return BrowserFigure(
        words.title,
        "Switch off one road, and look at which steps lose their gradient.",
        controls={
            "t": slider("step t", range(expected[-1]), (expected[-1] - 1) // 2),
            **{
                row.road: switch(f"{row.path}, {row.name}", look=f"{row.road}-path")
                for row in words.rows
                if row.road in roads
            },
        },
        layouts=(page_layout(picture.places[0].bottom, top=_TOP), column_layout(picture.places[1].bottom)),
        layers=[
            Layer((), picture.draw_still),
            Layer(("t",), picture.draw_light),
            *(Layer((road,), picture.road_drawer(road)) for road in roads),
            Layer(roads, picture.draw_loop),
        ],
        sentences=[
            Sentence(roads, picture.tell_meeting),
            Sentence(roads, picture.tell_loop),
            Sentence(both, picture.tell_dx),
            Sentence((), picture.tell_own),
        ],
        numbers={
            "t": Number(("t",), str),
            **{row.road: Number(both, picture.arriving_reader(row)) for row in words.rows},
            **{name: Number(roads, picture.returned_reader(j)) for j, name in enumerate(picture.column_names())},
        },
        lines=3,
    )


class _Places(NamedTuple):
    """Where everything is.

    Attributes
    ----------
    chain : SequenceLayout
    rows : list of float
        Middle of each row of what arrives.
    cell : tuple of float
        Width and height of a number's box.
    headings : list of Point
        Left end of the name of each of these rows.
    columns, names : list of Point
        Name of each gradient that is returned, and of each loop that returns it.
    returned : list
        Centre of each box of what is returned, by loop and gradient.
    total : Box
        Where the sum at the lit step is written.
    note : Point
    short : bool
        Whether steps have no room for the names of their arrays.
    before : float
        Middle of the names of what is before the first step.
    bottom : float
    """

    chain: SequenceLayout
    rows: list[float]
    cell: tuple[float, float]
    headings: list[Point]
    columns: list[Point]
    names: list[Point]
    returned: list[list[Point]]
    total: Box
    note: Point
    short: bool
    before: float
    bottom: float


def _page(length: int, rows: int, loops: int, returned: int) -> _Places:
    """Place everything on a page: rows of what arrives, and of so many loops how many gradients they return."""
    others = returned - length - 1
    # With the gradients of an LSTM's eight parameters, steps have less room.
    crowded = rows > len(_STATES)
    left, right, before = (115.0, 355.0, 34) if crowded else (134.0, 472.0, 39)
    room = min(86.0, (right - left) // length)
    start = left + (right - left - room * length) // 2
    box = (min(58.0, room - 8), 20.0 if crowded else 32.0)
    cell, end, memory = ((20, 34), 20, 24) if crowded else ((24, 34), 26, 0)
    chain = SequenceLayout(length, start, room, 42, 106 if crowded else 116, cell, box, 0.42, end, memory)
    below = [chain.bottom + 34 + 19 * i for i in range(rows)]
    top = below[-1] + 29
    pitch, edge = (30.5, 26) if crowded else (32, 34)
    across = [*chain.joins, start - before, *(style.WIDTH - edge - pitch * i for i in reversed(range(others)))]
    down = [top + 19 * (i + 1) for i in range(loops)]
    names = start - (101 if crowded else 114)
    return _Places(
        chain=chain,
        rows=below,
        cell=(28, 14),
        headings=[(names, y) for y in below],
        columns=[(x, top) for x in across],
        names=[(names, y) for y in down],
        returned=[[(x, y) for x in across] for y in down],
        total=(498, 42, 94, 28 + 38 * rows),
        note=(style.WIDTH - style.MARGIN, top - 20),
        short=room < _NAME_ROOM,
        before=start - before,
        bottom=down[-1] + 16,
    )


def _column(length: int, rows: int, loops: int, returned: int, notes: int) -> _Places:
    """Place everything in a narrow column, where each gradient has a row; ``notes`` is how many lines they have."""
    room = min(56.0, 41.0 * _MOST // length)
    start = 26 + (41.0 * _MOST - room * length) // 2
    memory = 36 if rows > len(_STATES) else 0
    chain = SequenceLayout(length, start, room, 2, 60, (14, 34), (40, 18), 0.44, 17, memory)
    below = [chain.bottom + 49 + 40 * i for i in range(rows)]
    total = (1, below[-1] + 18, NARROW - 2, 64 if not memory else 102)
    top = total[1] + total[3] + 14
    across = [76 + (NARROW - 76) * (2 * i + 1) // (2 * loops) for i in range(loops)]
    down = [top + 20 + 21 * j for j in range(returned)]
    return _Places(
        chain=chain,
        rows=below,
        cell=(40, 18),
        headings=[(1, y - 19) for y in below],
        columns=[(1, y) for y in down],
        names=[(x, top) for x in across],
        returned=[[(x, y) for y in down] for x in across],
        total=total,
        note=(NARROW - 1, down[-1] + 13 + 7 * notes),
        short=True,
        before=start - 13,
        bottom=down[-1] + 14 + 14 * notes,
    )


class _Picture:
    def __init__(self, da: Array, caches: RNNCaches | LSTMCaches, backward: Callable[..., Any] | None) -> None:
        kind = switched(caches)
        self.roads, self.words = kind.names, _WORDS[kind.names]
        self.loops = loops(da, caches)
        self.exact = self.loops[True, True].returned
        self._da, self._length = da, da.shape[-1]
        self._own = None
        if backward is not None:
            arguments = {"da": da, "caches": caches}
            self._own = learner_gradients(kind.exercise.name, backward, arguments, self.exact)
        self._single = all(array.size == 1 for array in (da[..., 0], self.exact["dx"][..., 0]))
        self._notes = [] if self._single else ["numbers are norms"]
        self._others = [name for name in self.exact if name != "dx"]
        self._forms = [self._form(j) for j in range(len(self.column_names()))]
        loops_shown = 2 if self._own is None else 3
        size = (self._length, len(self.words.rows), loops_shown, self._length + len(self._others))
        self.places = _page(*size), _column(*size, notes=len(self._notes) + 1)

    def draw_still(self, sheet: Sheet, narrow: bool) -> None:  # noqa: FBT001 - which of the two layouts
        """Draw the chain, the names of rows and columns, and what no control changes."""
        at = self.places[narrow]
        self._draw_chain(sheet, narrow)
        bold: dict[str, Any] = {"size": style.SMALL, "bold": True}
        for row, place in zip(self.words.rows, at.headings, strict=True):
            words = f"{row.name}, {row.path}" if narrow else row.name
            sheet.code((place[0], place[1] - (0 if narrow else 3.2)), words, colour=row.ink, side="left", **bold)
            if not narrow:
                sheet.text((place[0], place[1] + 5.3), row.path, size=style.DIGITS, colour=row.ink, side="left")
        for name, place in zip(("exact", "as switched", "yours"), at.names, strict=False):
            sheet.text(place, name, side="center" if narrow else "left", **bold)
        for name, place in zip(self.column_names(short=not narrow and at.short), at.columns, strict=True):
            look = {"side": "left"} if narrow else {"colour": style.MUTED, "size": style.DIGITS}
            sheet.code(place, name, **look)
        self._draw_total(sheet, narrow)
        self._draw_returned(sheet, narrow, 0, self.exact, style.EXACT)
        if self._own is not None:
            self._draw_returned(sheet, narrow, 2, self._own.gradients, style.YOURS)

    def _draw_chain(self, sheet: Sheet, narrow: bool) -> None:  # noqa: FBT001
        """Draw the chain, with the roads that have no switch; a click, or dragging over it, goes to a step."""
        at, last = self.places[narrow], self._length - 1
        chain = at.chain
        for t, join in enumerate(chain.joins):
            loss = f"loss {t}" if narrow or chain.memory else f"prediction,\nloss {t}"
            chain.step(sheet, t, str(t) if narrow else f"cell\n{t}", loss)
            gradient(sheet, chain.into_cell(t), "da_next")
            name = f"t = {t}" if at.short else f"a[:, :, {t}]"
            sheet.code((join, chain.bottom + 10), name, size=style.LABEL, colour=style.MUTED)
            left, top, wide, _ = chain.column(t)
            start, end = (0 if narrow and not t else left), (sheet.width if narrow and t == last else left + wide)
            sheet.touch((start, top, end - start, at.rows[-1] - top + 9), t=t)
        ends: list[tuple[str, str, float]] = [
            ("a0", style.MUTED, -14 if narrow else -7),
            ("da0", style.TIME_PATH_TEXT, 14 if narrow else 7),
        ]
        gradient(sheet, chain.out(), "time path", dash=self._dash(narrow))
        if chain.memory:
            gradient(sheet, chain.out(chain.memory), "memory path")
            ends.append(("c0", style.MUTED, chain.memory - (12 if narrow else 5)))
            dc0, down = ("dc0", 13.0) if narrow else ("dc0, not returned", 7.0)
            place = (at.before + 10 if narrow else chain.out()[1][0] - 3, chain.middle + chain.memory + down)
            sheet.code(place, dc0, size=style.LABEL, colour=style.MEMORY_PATH_TEXT, side="right")
        for name, ink, down in ends:
            sheet.code((at.before, chain.middle + down), name, size=style.LABEL, colour=ink)
        for row in self.words.rows:
            if row.road not in {*self.roads, "sum"}:
                self.road_drawer(row.road)(sheet, narrow, True)  # noqa: FBT003 - as a switch would

    def _draw_total(self, sheet: Sheet, narrow: bool) -> None:  # noqa: FBT001
        """Draw the frame of the sum at the lit step, and the sum."""
        left, top, wide, _ = self.places[narrow].total
        sheet.box(self.places[narrow].total, radius=8, face=style.MARKER_PALE, edge=style.INK, width=1.0)
        sheet.code((left + wide / 2, top + 14), f"a[:, :, {slot('t')}]", bold=True)
        for row in self.words.rows:
            _, name = self._total_places(narrow, row)
            sheet.text(name, row.path, size=style.SMALL, colour=row.ink, side="right")
        self._write_total(sheet, narrow, _STATES[-1], style.SUM)
        if not narrow:
            y = top + 101
            sheet.line([(left + 10, y), (left + wide - 8, y)], width=0.8)

    def _total_places(self, narrow: bool, row: _Row) -> tuple[Point, Point]:  # noqa: FBT001
        """Return where a number of the sum at the lit step ends, and where its name does."""
        (left, top, wide, _), i = self.places[narrow].total, self.words.rows.index(row)
        if narrow:
            x, y = left + (60, 144, 230, 80)[i], top + (34 if i < len(_STATES) else 72)
            return (x, y), (x, y + 18)
        return (left + wide - 8, top + 34 + 38 * i), (left + wide - 8, top + 50 + 38 * i)

    def _write_total(self, sheet: Sheet, narrow: bool, row: _Row, colour: str) -> None:  # noqa: FBT001
        at, _ = self._total_places(narrow, row)
        sheet.code(at, slot(row.road), size=style.TITLE, colour=colour, side="right")

    def draw_light(self, sheet: Sheet, narrow: bool, t: int) -> None:  # noqa: FBT001
        """Draw what lights up a step."""
        at = self.places[narrow]
        x, y, (wide, tall) = at.chain.joins[t], at.chain.middle, at.cell
        look: dict[str, Any] = {"face": style.MARKER_PALE, "edge": style.INK, "width": 1.0, "z": 0.8}
        top = at.chain.bottom + 1
        if narrow:
            # Not one column, which would cross the names of the rows.
            sheet.box((x - 19, top, 38, 18), **look)
            for row in at.rows:
                sheet.box((x - wide / 2 - 3, row - tall / 2 - 3, wide + 6, tall + 6), **look)
        else:
            wide = min(wide + 28, at.chain.room)
            sheet.box((x - wide / 2, top, wide, at.returned[-1][0][1] + 10 - top), radius=8, **look)
        sheet.circle((x, y), 11, face=style.MARKER, edge=style.INK, width=1.0, z=0.8)

    def road_drawer(self, road: str) -> Callable[[Sheet, bool, bool], None]:
        """Return what draws a road, or that it is left out; a click on an arrow switches it, if that can be."""
        row = next(row for row in self.words.rows if row.road == road)

        def draw_road(sheet: Sheet, narrow: bool, there: bool) -> None:  # noqa: FBT001
            for way in self._ways(narrow, road):
                gradient(sheet, way, row.path, dash=self._dash(narrow), there=there)
                if road in self.roads:
                    sheet.touch(_around(way), z=10, **{road: None})
            self._write_total(sheet, narrow, row, row.ink if there else style.MUTED)

        return draw_road

    def _ways(self, narrow: bool, road: str) -> Iterable[Way]:  # noqa: FBT001
        chain = self.places[narrow].chain
        way = {"loss": chain.from_above, "time": chain.from_later, "memory": chain.from_later_memory}[road]
        return map(way, range(self._length))

    def _dash(self, narrow: bool) -> float:  # noqa: FBT001
        return 0.5 if narrow else 1.0

    def draw_loop(self, sheet: Sheet, narrow: bool, *roads: *Roads) -> None:  # noqa: FBT001
        """Draw what arrives in one loop, and what it returns."""
        at, loop = self.places[narrow], self.loops[roads]
        wide, tall = at.cell
        arrays = [self._arriving(row, roads) for row in self.words.rows]
        shown = [_norm(values[..., t]) for values in arrays if values is not None for t in range(self._length)]
        scale = draw.largest(np.array(shown))
        for row, values, y in zip(self.words.rows, arrays, at.rows, strict=True):
            for t, x in enumerate(at.chain.joins):
                box = (x - wide / 2, y - tall / 2, wide, tall)
                if values is None:
                    sheet.box(box, radius=1, face=style.SHADE, edge=style.HAIRLINE, z=3)
                else:
                    sheet.grid(_single(values[..., t]), box, Tint(row.colour, scale), numbers=True)
        for row, values in zip(self.words.rows, arrays, strict=True):
            if row.road in {"time", "memory"} and values is not None and not narrow:
                *_, (end, _) = self._ways(narrow, row.road)
                start = _amount(values[..., -1])
                sheet.code((end[0] + 3, end[1]), start, size=style.SMALL, colour=row.ink, side="left")
        every = [loop.returned] + ([self._own.gradients] if self._own else [])
        off = any(
            part is not None and bad for g in every for part, bad in zip(self._parts(g), self._wrong(g), strict=True)
        )
        notes = ",\n".join([*self._notes, *(["thick outline: wrong"] if off else [])])
        sheet.text(at.note, notes, size=style.SMALL, colour=style.MUTED, side="right")
        self._draw_returned(sheet, narrow, 1, loop.returned, style.INK, [slot(name) for name in self.column_names()])
        signs = ("", "+" if self._adds(roads) else "", "=") if self._single else ()
        for row, sign in zip(_STATES, signs, strict=False):
            x, y = self._total_places(narrow, row)[0]
            sheet.code((x - 72, y), sign, size=style.TITLE)

    def _draw_returned(  # noqa: PLR0913, PLR0917 - a row: where it is, what is in it, and how it looks
        self,
        sheet: Sheet,
        narrow: bool,  # noqa: FBT001
        i: int,
        gradients: Gradients,
        edge: str,
        texts: Iterable[str] = (),
    ) -> None:
        """Draw what one loop returns; a dash stands for what is not there."""
        at, parts = self.places[narrow], self._parts(gradients)
        wide, tall = at.cell
        wide += 6 if narrow else 1
        words = texts or map(self._written, range(len(parts)), parts)
        for (x, y), part, off, text in zip(at.returned[i], parts, self._wrong(gradients), words, strict=True):
            look: dict[str, Any] = {"edge": style.HAIRLINE}
            if part is not None:
                look = {"edge": style.WRONG, "width": _BOLD} if off else {"edge": edge, "width": _PLAIN}
            sheet.box((x - wide / 2, y - tall / 2, wide, tall), radius=1, z=3, **look)
            sheet.code((x, y), text, size=style.DIGITS, colour=style.MUTED if part is None else style.INK)

    def _arriving(self, row: _Row, roads: Roads) -> Array | None:
        """Return what arrives in one row, or goes on; None if its road is left out."""
        if not self._has(roads, row.road):
            return None
        loop = self.loops[roads]
        return {"loss": self._da, "time": loop.da_prevt, "sum": loop.da_next, "memory": loop.dc_prevt}[row.road]

    def _has(self, roads: Roads, road: str) -> bool:
        return dict(zip(self.roads, roads, strict=True)).get(road, True)

    def _adds(self, roads: Roads) -> bool:
        """Tell whether two gradients meet at a state."""
        return self._has(roads, "loss") and self._has(roads, "time")

    def arriving_reader(self, row: _Row) -> Callable[..., str]:
        """Return what writes the number of a row at a step."""

        def read(t: int, *roads: *Roads) -> str:
            values = self._arriving(row, roads)
            if values is None:
                return "left out"
            if self._single and self._adds(roads) and row in _STATES:
                loop = self.loops[roads]
                terms = (_value(part[..., t]) for part in (self._da, loop.da_prevt, loop.da_next))
                return _added(*terms)[_STATES.index(row)]
            return _amount(values[..., t])

        return read

    def returned_reader(self, j: int) -> Callable[..., str]:
        """Return what writes one part of what a loop returns."""
        return lambda *roads: self._written(j, self._parts(self.loops[roads].returned)[j])

    def column_names(self, *, short: bool = False) -> list[str]:
        """Name each part of what is returned: of dx, each step."""
        return [*(f"dx, t = {t}" if short else f"dx[:, :, {t}]" for t in range(self._length)), *self._others]

    def _parts(self, gradients: Gradients) -> list[Array | None]:
        """Return what stands in the columns: of dx one array for each step."""
        dx = gradients.get("dx")
        steps = [None] * self._length if dx is None else list(np.moveaxis(dx, -1, 0))
        return [*steps, *(gradients.get(name) for name in self._others)]

    def _written(self, j: int, part: Array | None) -> str:
        if part is None:
            return "\N{EN DASH}"
        return _formatted(_value(part), self._forms[j])

    def _form(self, j: int) -> str:
        """Return the format of a column: with one digit more where a wrong number looks exact, if it has room."""
        every = [loop.returned for loop in self.loops.values()] + ([self._own.gradients] if self._own else [])
        column = [(self._parts(gradients)[j], self._wrong(gradients)[j]) for gradients in every]
        (right, _), *others = [(_value(part), off) for part, off in column if part is not None]
        alike = [value for value, off in others if off and draw.number(value) == draw.number(right)]
        form = _finer(right)
        room = all(len(_formatted(value, form)) <= _FINEST for value in (right, *(value for value, _ in others)))
        apart = any(_formatted(value, form) != _formatted(right, form) for value in alike)
        return form if room and apart else ""

    def _wrong(self, gradients: Gradients) -> list[bool]:
        """Tell in which columns a gradient is wrong, or missing."""
        off = {name: wrong(gradients[name], exact) for name, exact in self.exact.items() if name in gradients}
        return [part is None or bool(part.any()) for part in self._parts(off)]

    def _listed(self, gradients: Gradients) -> str:
        """Name what is wrong; empty if nothing is."""
        off = self._wrong(gradients)
        steps = [str(t) for t in range(self._length) if off[t]]
        found = [f"dx at step{'s' if len(steps) > 1 else ''} {join_names(steps)}"] if steps else []
        found += [name for name, bad in zip(self._others, off[self._length :], strict=True) if bad]
        return ", ".join(found)

    def tell_meeting(self, *roads: *Roads) -> str:
        """Say what arrives at the lit step."""
        loss, time, total = (slot(row.road) for row in _STATES)
        meet = f"{total} goes into the cell"
        if self._adds(roads):
            meet = f"loss path + time path = {loss} + {time} = {total}, which goes into the cell"
            if not self._single:
                meet = (
                    f"the loss path brings {loss}, the time path {time}, and together they are {total}, which goes "
                    "into the cell"
                )
        norm = "" if self._single else " (norms)" if self._adds(roads) else " (norm)"
        memory = "memory" in self.roads and self._has(roads, "memory")
        also = f"; the memory path brings {slot('memory')}" if memory else ""
        return f"At step {slot('t')}: {meet}{norm}{also}."

    def tell_loop(self, *roads: *Roads) -> str:
        """Say what a loop does, and what is wrong with what it returns."""
        off = self._listed(self.loops[roads].returned)
        return f"{self.words.how[roads]} " + (
            f"Wrong: {off}." if off else "Every gradient that the loop returns is exact."
        )

    def tell_dx(self, t: int, *roads: *Roads) -> str:
        """Say what a loop returns at a step."""
        mine, exact = (gradients["dx"][..., t] for gradients in (self.loops[roads].returned, self.exact))
        if not self._wrong(self.loops[roads].returned)[t]:
            return f"dx[:, :, {t}] is {_amount(exact)}{', which is exact' if self.loops[roads].title else ''}."
        words = _apart(_value(mine), _value(exact))
        if words[0] == words[1]:
            return f"dx[:, :, {t}] is {words[0]}, which differs from the exact one by {_amount(mine - exact)}."
        return f"dx[:, :, {t}] is {words[0]}; exact is {words[1]}."

    def tell_own(self) -> str:
        """Say what the learner's function returns."""
        own = self._own
        if own is None:
            return ""
        if own.right:
            return "Yours: all exact."
        if own.problem:
            return f"Yours: {own.problem}"
        for roads, loop in self.loops.items():
            if loop.title and same(own.gradients, loop):
                return f"Yours is {self.words.such[roads]}. The check calls it: {loop.title}."
        return f"Yours is wrong: {self._listed(own.gradients)}."


def _around(way: Way) -> Box:
    """Return the area of an arrow, to the left or down, that a finger hits: it ends before the dot at the head."""
    (x0, y0), (x1, y1) = way
    room, before = 6.0, _DOT - JOIN
    if x0 == x1:
        return x0 - room, y0 - room, 2 * room, y1 - y0 + room - before
    return x1 + before, y1 - room, x0 - x1 + room - before, 2 * room


def _apart(mine: float, exact: float) -> tuple[str, str]:
    """Write two numbers that differ, with as few digits as show it, but at most four."""
    words = draw.number(mine), draw.number(exact)
    short = "e" in words[0]
    for digits in (2, 3, 4):
        if words[0] == words[1] and np.isfinite((mine, exact)).all():
            decimals = digits - 1 - int(np.floor(np.log10(max(abs(mine), abs(exact)))))
            form = f".{digits - 1}e" if short else f".{max(decimals, 0)}f"
            words = _minus(format(mine, form)), _minus(format(exact, form))
    return words


def _finer(value: float) -> str:
    """Return the format that writes a number with one digit more than usual; empty if it has no fraction."""
    usual = draw.number(value)
    if "e" in usual:
        return ".1e"
    _, point, decimals = usual.partition(".")
    return f".{len(decimals) + 1}f" if point else ""


def _formatted(value: float, form: str) -> str:
    digits = format(value, form)
    return _minus(digits) if form and float(digits) else draw.number(value)


def _added(loss: float, time: float, total: float) -> tuple[str, str, str]:
    """Write two terms and their sum with as many decimals as it takes that they add up as they are written."""
    terms = loss, time, total
    words = [draw.number(value) for value in terms]
    for decimals in (2, 3, 4, 5) if max(map(abs, terms)) < _LARGE else ():
        rounded = [round(value, decimals) for value in terms]
        if all(short or not value for value, short in zip(terms, rounded, strict=True)):
            words = [_minus(f"{value:.{decimals}f}") if value else "0" for value in rounded]
            if round(rounded[0] + rounded[1], decimals) == rounded[2]:
                break
    return words[0], f"({words[1]})" if time < 0 else words[1], words[2]


def _minus(digits: str) -> str:
    """Return a formatted number with true minus signs and a short exponent."""
    return re.sub(r"e([-+])0*", lambda found: "e" + found[1].strip("+"), digits).replace("-", "\N{MINUS SIGN}")


def _amount(values: Array) -> str:
    """Write the number of a single entry, or else the norm."""
    return draw.number(_value(values))


def _single(values: Array) -> Array:
    """Return a single entry, or else the norm, as a matrix (1, 1)."""
    return np.array([[_value(values)]])


def _value(values: Array) -> float:
    return float(values.flat[0]) if values.size == 1 else _norm(values)


def _norm(values: Array) -> float:
    """Return the norm over all entries, which the squares of huge ones do not overflow."""
    scale = draw.largest(values) or 1.0
    return scale * float(np.linalg.norm(values / scale))
