"""`BrowserFigure`: a picture with controls that the browser draws, from states that Python computes once.

All of it is one ``text/html`` output with its script inside, so it works without a kernel: after a restart, in a
notebook that is opened again, on an exported page. The browser draws shapes that it is given and computes nothing: what
a picture shows at each state of its controls, and what it says in words, is computed here.
"""

import html
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from IPython.display import display

from bptt.viz import draw, style
from bptt.viz.card import Card, picture
from bptt.viz.draw import Point, Tint
from bptt.viz.sheet import Arrow, Circle, Grid, Polyline, Rectangle, Shape, Sheet, Text, Touch, draw_shapes
from bptt.widgets.notebook_output import HOW_TO_MOVE, quantized, script, words_as_html

_ROLES = {colour.light: role for role, colour in style.PALETTE.items()}
_SIDES = {"left": 0, "center": 1, "right": 2}
_OWN = {"a": (1,), "l": (1,), "b": (1, 2), "c": (1, 2), "t": (1, 2, 3), "g": (1, 2, 7, 8), "h": (1, 2, 5)}
"""Parts of an encoded shape, by its kind, that are its own; the others are its look, which many shapes share."""
NARROW = 240.0
"""Width of the sheet for a narrow column."""
_STILL_PIXELS = 1.25
"""Pixels of the still picture for each CSS pixel."""


class Control(NamedTuple):
    """A control: a slider over some values, the same with buttons for single steps and Play, or a switch.

    Attributes
    ----------
    label : str
    values : tuple
        What it can be set to.
    texts : tuple of str
        Each value in words, beside the control.
    start : int
        Index of its value at first.
    kind : {"slider", "steps", "switch"}
    seconds : float
        Between two steps of Play.
    limit : tuple, optional
        Name of another control, and how many of the values there are at each index of that one.
    look : str
        Role of its colour.
    """

    label: str
    values: tuple[Any, ...]
    texts: tuple[str, ...]
    start: int = 0
    kind: str = "slider"
    seconds: float = 1.2
    limit: tuple[str, tuple[int, ...]] | None = None
    look: str = "loss-path"


def slider(label: str, values: Sequence[Any], start: int = 0, texts: Sequence[str] = ()) -> Control:
    """Make a slider over some values."""
    return Control(label, tuple(values), tuple(texts) or tuple(map(str, values)), start)


def steps(label: str, count: int, *, seconds: float = 1.2, limit: tuple[str, tuple[int, ...]] | None = None) -> Control:
    """Make a slider from 0 to ``count - 1`` with buttons for one step back, one step on, and Play."""
    values = tuple(range(count))
    return Control(label, values, tuple(map(str, values)), kind="steps", seconds=seconds, limit=limit)


def switch(label: str, *, on: bool = True, look: str = "loss-path") -> Control:
    """Make a switch; its values are False and True."""
    return Control(label, (False, True), ("off", "on"), int(on), "switch", look=look)


class Layout(NamedTuple):
    """Size of a picture: one for a page, and one for a narrow column.

    Attributes
    ----------
    width, height : float
        Of the sheet.
    top : float
        Where the picture begins below the heading, which the browser writes itself.
    most : float
        Largest width on the screen, in CSS pixels.
    least : float
        Smallest size of a font, in units of the sheet.
    """

    width: float
    height: float
    top: float
    most: float
    least: float

    def sheet(self) -> Sheet:
        """Make an empty sheet, on which no text is too small to read."""
        return Sheet(self.width, self.height, self.least)


def page_layout(height: float, *, top: float = 36.0) -> Layout:
    """Return the layout of a sheet as wide as a figure, in points, as wide on the screen as figures are."""
    return Layout(style.WIDTH, height, top, round(style.WIDTH / 72 * style.DPI), style.DIGITS)


def column_layout(height: float, *, top: float = 0.0) -> Layout:
    """Return the layout of a sheet for a narrow column such as a phone's: a unit is at least about one CSS pixel."""
    return Layout(NARROW, height, top, 1.5 * NARROW, 11.0)


class Layer(NamedTuple):
    """What a picture shows at the values of some controls.

    Attributes
    ----------
    by : tuple of str
        Names of the controls.
    draw : callable
        Takes a sheet, whether it is the narrow one, and a value of each of these controls.
    when : tuple, optional
        Name of a control, and the first and last value at which the layer is seen.
    """

    by: tuple[str, ...]
    draw: Callable[..., None]
    when: tuple[str, int, int] | None = None


class Sentence(NamedTuple):
    """What a picture says at the values of some controls, as ``Layer``; ``words`` takes these values."""

    by: tuple[str, ...]
    words: Callable[..., str]
    when: tuple[str, int, int] | None = None


class Number(NamedTuple):
    """A text that many controls change, such as a number: ``slot`` of its name stands for it in shapes and sentences.

    Attributes
    ----------
    by : tuple of str
        Names of the controls.
    text : callable
        Takes a value of each of these controls.
    """

    by: tuple[str, ...]
    text: Callable[..., str]


def slot(name: str) -> str:
    """Return what stands for a ``Number`` in a text."""
    return f"\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}{name}\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"


class BrowserFigure:
    """A picture with controls, drawn by the browser.

    Parameters
    ----------
    title : str
        Heading above the controls.
    caption : str
        Sentence below the still picture.
    controls : dict of Control
        By name.
    layouts : tuple of Layout
        For a page, and for a narrow column.
    layers : sequence of Layer
    sentences : sequence of Sentence
        Together they tell what the picture shows, in words and numbers.
    numbers : dict of Number, optional
        By name.
    still : dict, optional
        Values for the still picture, if other ones tell more than those at the start.
    lines : int
        Lines of text to reserve below the picture.

    Attributes
    ----------
    controls : dict of Control
    """

    def __init__(  # noqa: PLR0913 - all that a widget is made of
        self,
        title: str,
        caption: str,
        *,
        controls: Mapping[str, Control],
        layouts: tuple[Layout, Layout],
        layers: Sequence[Layer],
        sentences: Sequence[Sentence],
        numbers: Mapping[str, Number] | None = None,
        still: Mapping[str, Any] | None = None,
        lines: int = 2,
    ) -> None:
        self.title, self.caption = title, caption
        self.controls = dict(controls)
        self.layouts = layouts
        self._layers, self._sentences = layers, sentences
        self._numbers = numbers or {}
        self._still = still or {}
        self._lines = lines

    def words(self, **values: Any) -> str:  # noqa: ANN401 - each figure has values of its own
        """Return what the picture says at some values of its controls; at the start, for those that are not given."""
        at = self._at(values)
        said = (sentence.words(*(at[name] for name in sentence.by)) for sentence in self._seen(self._sentences, at))
        return self._filled(" ".join(filter(None, said)), at)

    def shapes(self, *, narrow: bool = False, **values: Any) -> list[Shape]:  # noqa: ANN401
        """Return what the picture shows at some values of its controls, from the ground up."""
        at = self._at(values)
        sheet = self.layouts[narrow].sheet()
        for layer in self._seen(self._layers, at):
            layer.draw(sheet, narrow, *(at[name] for name in layer.by))
        shapes = [s._replace(words=self._filled(s.words, at)) if isinstance(s, Text) else s for s in sheet.shapes]
        return sorted(shapes, key=lambda shape: shape.z)

    def data(self) -> dict[str, Any]:
        """Return all states, ready for JSON."""
        return {
            "title": self.title,
            "lines": self._lines,
            "palette": {role: list(colour) for role, colour in style.PALETTE.items()},
            "controls": [self._control(control) for control in self.controls.values()],
            "numbers": {
                slot(name): self._rule(number) | self._texts(number.by, number.text)
                for name, number in self._numbers.items()
            },
            "layouts": [self._layout(narrow) for narrow in (False, True)],
            "said": [self._rule(sentence) | self._texts(sentence.by, sentence.words) for sentence in self._sentences],
        }

    def page(self) -> str:
        """Return the figure as HTML: its script, and a still picture and its words for where no script runs."""
        # In JSON, "<" stands only inside of strings, where \u003c is the same: no "</script>" can end the script.
        data = json.dumps(self.data(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        mark = sha256(data.encode()).hexdigest()[:16]
        layout, card = self.layouts[0], self.still()
        png = quantized(card.png(_STILL_PIXELS * layout.most / layout.width * 72 / style.DPI))
        return (
            f'<div data-bptt="{mark}">{picture(png, round(layout.most), card.description)}'
            f"<p>{html.escape(self.caption)} {HOW_TO_MOVE}</p><p>{words_as_html(card.description)}</p></div>"
            f"<script>(() => {{\n{script('browser_figure')}\nstartAll({json.dumps(mark)}, {data});\n}})();</script>"
        )

    def still(self) -> Card:
        """Draw the picture that is left where no script runs."""
        layout = self.layouts[0]
        card = style.styled(Card)(
            layout.height,
            title=self.title,
            caption=self.caption,
            description=self.words(**self._still),
            width=layout.width,
        )
        draw_shapes(card.page, self.shapes(**self._still))
        return card

    def _ipython_display_(self) -> None:
        words = self.words(**self._still).replace("`", "")
        display({"text/html": self.page(), "text/plain": words}, raw=True)

    def _filled(self, words: str, at: Mapping[str, Any]) -> str:
        for name, number in self._numbers.items():
            words = words.replace(slot(name), number.text(*(at[control] for control in number.by)))
        return words

    def _at(self, values: Mapping[str, Any]) -> dict[str, Any]:
        start = {name: control.values[control.start] for name, control in self.controls.items()}
        unknown = values.keys() - start.keys()
        if unknown:
            raise TypeError(f"There is no control {', '.join(unknown)}. The controls are {', '.join(start)}.")
        return start | dict(values)

    @staticmethod
    def _seen(parts: Sequence[Any], at: Mapping[str, Any]) -> Iterator[Any]:
        for part in parts:
            if part.when is None or part.when[1] <= at[part.when[0]] <= part.when[2]:
                yield part

    def _states(self, by: tuple[str, ...]) -> list[tuple[Any, ...] | None]:
        """Return all states of some controls, the last one changing fastest; None for one that a limit rules out."""
        indices = product(*(range(len(self.controls[name].values)) for name in by))
        return [self._state(dict(zip(by, at, strict=True))) for at in indices]

    def _state(self, at: Mapping[str, int]) -> tuple[Any, ...] | None:
        for name, i in at.items():
            limit = self.controls[name].limit
            if limit and limit[0] in at and i >= limit[1][at[limit[0]]]:
                return None
        return tuple(self.controls[name].values[i] for name, i in at.items())

    def _texts(self, by: tuple[str, ...], text: Callable[..., str]) -> dict[str, Any]:
        """Return the texts of all states: each once, and which of them belongs to each state."""
        every = ["" if at is None else text(*at) for at in self._states(by)]
        once = {words: i for i, words in enumerate(dict.fromkeys(every))}
        return {"texts": list(once), "which": [once[words] for words in every]}

    def _control(self, control: Control) -> dict[str, Any]:
        found: dict[str, Any] = {
            "kind": control.kind,
            "label": control.label,
            "texts": list(control.texts),
            "start": control.start,
            "look": control.look,
        }
        if control.kind == "steps":
            found["seconds"] = control.seconds
        if control.limit:
            found["limit"] = [self._index(control.limit[0]), list(control.limit[1])]
        return found

    def _index(self, name: str) -> int:
        return list(self.controls).index(name)

    def _rule(self, part: Layer | Sentence | Number) -> dict[str, Any]:
        rule: dict[str, Any] = {"by": [self._index(name) for name in part.by]}
        if not isinstance(part, Number) and part.when:
            name, first, last = part.when
            index = self.controls[name].values.index
            rule["when"] = [self._index(name), index(first), index(last)]
        return rule

    def _layout(self, narrow: bool) -> dict[str, Any]:  # noqa: FBT001 - an index of the layouts
        layout = self.layouts[narrow]
        drawn = [
            [None if at is None else self._encoded(layer, narrow, at) for at in self._states(layer.by)]
            for layer in self._layers
        ]
        every = {code: z for states in drawn for state in states if state for code, z in state.items()}
        # What is nearer to the reader comes later.
        order = sorted(every, key=every.__getitem__)
        place = {code: i for i, code in enumerate(order)}
        layers = []
        for layer, states in zip(self._layers, drawn, strict=True):
            before: set[int] = set()
            changes = []
            for state in states:
                now = before if state is None else {place[code] for code in state}
                changes.append(sorted(before ^ now))
                before = now
            layers.append(self._rule(layer) | {"changes": changes})
        return {
            "width": layout.width,
            "height": layout.height,
            "top": layout.top,
            "most": layout.most,
            **_packed([json.loads(code) for code in order]),
            "layers": layers,
        }

    def _encoded(self, layer: Layer, narrow: bool, at: tuple[Any, ...]) -> dict[str, float]:  # noqa: FBT001
        sheet = self.layouts[narrow].sheet()
        layer.draw(sheet, narrow, *at)
        return {json.dumps(self._shape(shape), ensure_ascii=False): shape.z for shape in sheet.shapes}

    def _shape(self, shape: Shape) -> list[Any]:
        found: list[Any]
        match shape:
            case Arrow():
                found = ["a", _flat(shape.points), _role(shape.colour), shape.width, list(shape.dash), shape.head]
            case Polyline():
                found = ["l", _flat(shape.points), _role(shape.colour), shape.width, list(shape.dash)]
            case Rectangle():
                found = ["b", *map(_short, shape.at), _role(shape.face), _role(shape.edge), shape.width, shape.radius]
            case Circle():
                at = map(_short, (*shape.at, shape.radius))
                found = ["c", *at, _role(shape.face), _role(shape.edge), shape.width]
            case Text():
                flags = shape.bold + 2 * shape.code + 4 * shape.top
                look = _short(shape.size), _role(shape.colour), _SIDES[shape.side], flags
                found = ["t", *map(_short, shape.at), shape.words, *look]
            case Grid():
                found = ["g", *map(_short, shape.at), *_cells(shape)]
            case Touch():
                found = ["h", *map(_short, shape.at), [self._set(*change) for change in shape.sets]]
        return found

    def _set(self, name: str, value: Any) -> list[int | None]:  # noqa: ANN401 - of a control
        return [self._index(name), None if value is None else self.controls[name].values.index(value)]


def _cells(shape: Grid) -> list[Any]:
    """Return how an array is drawn: columns, colour, strength of each cell in percent, texts, their size, outlines."""
    values = np.array(shape.values)
    rows, cols = values.shape
    wide, tall = shape.at[2] / cols, shape.at[3] / rows
    numbers = shape.numbers and draw.fits_numbers(wide, tall, shape.size)
    detailed = min(wide, tall) >= draw.MIN_DETAIL_POINTS
    depth = draw.DEPTH_UNDER_NUMBERS if shape.numbers else draw.DEPTH
    strengths = np.rint(100 * depth * draw.strengths(values, Tint(shape.colour, shape.scale))).astype(int)
    texts = [draw.entry(value, numbers=numbers) for value in values.flat] if detailed else []
    size = shape.size if numbers else min(shape.size, 1.2 * wide, 1.2 * tall)
    written = texts if any(texts) else []
    return [cols, _role(shape.colour), strengths.ravel().tolist(), written, _short(size), int(detailed)]


def _packed(shapes: list[list[Any]]) -> dict[str, Any]:
    """Return shapes as their looks, each once and with None where shapes of one look differ, and what differs."""
    looks: dict[str, int] = {}
    packed = []
    for shape in shapes:
        look = json.dumps([None if i in _OWN[shape[0]] else part for i, part in enumerate(shape)])
        packed.append([looks.setdefault(look, len(looks)), *(shape[i] for i in _OWN[shape[0]])])
    return {"looks": [json.loads(look) for look in looks], "shapes": packed}


def _flat(points: tuple[Point, ...]) -> list[float]:
    return [_short(value) for point in points for value in point]


def _role(colour: str) -> str:
    return _ROLES[colour.upper()] if colour else ""


def _short(value: float) -> float:
    short = round(value, 2)
    return int(short) if short == int(short) else short
