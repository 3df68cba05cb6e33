"""Widget: backward walk through a cell, one node at a time, with the learner's own gradients."""

from collections.abc import Callable, Iterator, Mapping
from textwrap import fill, shorten
from typing import Any, NamedTuple

from matplotlib.artist import Artist  # noqa: TC002 - loaded by every figure anyway
from matplotlib.patches import Circle, Patch
from matplotlib.patheffects import Normal, Stroke

from bptt.check.tolerance import agrees
from bptt.types import Gradients
from bptt.viz import draw, panel, style
from bptt.viz.card import Card
from bptt.widgets.controls import steps
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.learner_gradients import learner_gradients
from bptt.widgets.scene import Layer, Scene
from bptt.widgets.tracing import source_lines, trace_arrays
from bptt.widgets.walk_steps import WALKS, Stop, Walk
from bptt.wording import join_names

_PANEL = 136.0
_LONGEST_LINE = 74
"""Characters of a line of code that fit into the panel."""


@style.styled
def cell_walk(function: Callable[..., Any] | None, *arguments: Any) -> InteractiveFigure:  # noqa: ANN401 - of an RNN or an LSTM
    """Walk back through one cell, one node at a time.

    Each step lights one node and shows what has arrived there, what the node does to it, in words and as the line of
    the forward pass that it is, and the line in which the function computes it. The gradients are those that
    ``function`` returns; those inside of the cell, such as ``dz``, are what it computes under this name. Where it gives
    nothing that can be drawn, the exact gradient takes its place, and the words say so.

    Parameters
    ----------
    function : callable or None
        Your ``rnn_cell_backward`` or ``lstm_cell_backward``; None for the exact gradients.
    *arguments
        What it is called with, as ``inputs.rnn_cell`` and ``inputs.lstm_cell`` give it: ``da_next, cache``, or for an
        LSTM ``da_next, dc_next, cache``.

    Returns
    -------
    InteractiveFigure

    Raises
    ------
    TypeError
        If the last argument is not the cache of a cell.
    """
    walk = WALKS.get(type(arguments[-1])) if arguments else None
    if walk is None or len(arguments) != len(walk.arguments):
        known = " or ".join(f"{w.exercise}, {', '.join(w.arguments)}" for w in WALKS.values())
        raise TypeError(f"cell_walk takes a function and what it is called with: {known}.")
    scene = _Scene(walk, _gradients(walk, function, arguments), arguments[-1])
    return InteractiveFigure(scene, lines=3, still={"step": len(walk.stops)}, step=steps("step", len(walk.stops) + 1))


class _Drawn(NamedTuple):
    """The gradients of a walk, and where they come from.

    Attributes
    ----------
    gradients : dict of ndarray
    wrong : frozenset of str
        Those of the learner's that are not the exact ones.
    code : dict of str
        The learner's line for each, as far as it was found.
    whose : str
        In a few words, for the title.
    trouble : str
        Why the learner's are not drawn, in a sentence; empty when they are.
    """

    gradients: Gradients
    wrong: frozenset[str]
    code: Mapping[str, str]
    whose: str
    trouble: str


def _gradients(walk: Walk, function: Callable[..., Any] | None, arguments: tuple[Any, ...]) -> _Drawn:
    right = walk.exact(*arguments)
    if function is None:
        return _Drawn(right, frozenset(), {}, "exact gradients", "")
    returned = {name: right[name] for name in right if name not in walk.arguments}
    with trace_arrays(function, walk.inside) as seen:
        own = learner_gradients(walk.exercise, function, dict(zip(walk.arguments, arguments, strict=True)), returned)
    if not own.gradients:
        return _Drawn(right, frozenset(), {}, "exact gradients", f"{own.problem} So these are the exact gradients.")
    inside = {name: array for name, array in seen.items() if array.shape == right[name].shape}
    gradients = right | inside | own.gradients
    wrong = frozenset(name for name, array in gradients.items() if not agrees(array, right[name]))
    return _Drawn(gradients, wrong, source_lines(function, walk.inside), "your gradients", own.problem)


class _Scene(Scene):
    def __init__(self, walk: Walk, drawn: _Drawn, cache: Any) -> None:  # noqa: ANN401 - of an RNN or an LSTM
        kind = walk.picture
        super().__init__(
            Card(
                kind.height + _PANEL,
                title=f"One {kind.name} cell, back from the right: {drawn.whose}",
                caption=f"A walk back through one {kind.name} cell, one node at a time, with {drawn.whose}.",
                description="",
            )
        )
        self._walk, self._drawn = walk, drawn
        values = kind.values(cache)
        arrays = values | drawn.gradients
        shapes = {name: draw.shape(array) for name, array in arrays.items()}
        self._picture = kind(self.card.page, values, drawn.gradients, shapes)
        self._draw()

    def _draw(self) -> None:
        picture, page = self._picture, self.card.page
        picture.edges()
        picture.leaves()
        picture.operations()
        picture.arrays_on_edges()
        picture.key()
        together: dict[frozenset[str], list[Artist]] = {}
        for once, artist in picture.found:
            together.setdefault(once, []).append(artist)
        self._back = {once: self.move(*artists) for once, artists in together.items()}
        left, top = style.MARGIN - 4, picture.height - 4
        box = (left, top, style.WIDTH - 2 * style.MARGIN + 8, _PANEL - 12)
        draw.box(page, box, facecolor=style.MARKER_PALE, edgecolor=style.INK, linewidth=1.0)
        self._lit: dict[str, Layer] = {}
        self._story: dict[str, Layer] = {}
        for stop in self._walk.stops:
            with self.moving() as self._lit[stop.node]:
                self._ring(stop.node)
            with self.moving() as self._story[stop.node]:
                panel.arrays(page, top + 29, _PANEL - 40, picture.story(stop.node))
        with self.moving():
            look: dict[str, Any] = {"ha": "left", "size": 10}
            self._heading = draw.code(page, (left + 14, top + 16), "", weight="bold", **look)
            self._forward = draw.code(page, (left + 14, top + 16), "", color=style.MUTED, **look)
            self._yours = draw.code(page, (left + 14, top + 31), "", **look)
            self._note = draw.text(page, (left + 14, top + 46), "", ha="left", va="top")
            at = (style.WIDTH - style.MARGIN - 10, top + 16)
            self._remark = draw.text(page, at, "", ha="right", color=style.WRONG, weight="bold")

    def _ring(self, name: str) -> None:
        """Draw a ring of light around a node: what moves is drawn above what is still, so it must not be filled."""
        (x, y), (width, height) = self._picture.nodes[name].at, self._picture.nodes[name].lit
        look: dict[str, Any] = {"facecolor": "none", "edgecolor": style.MARKER, "linewidth": 4.0, "zorder": 5}
        if width == height:
            ring: Patch = self.card.page.add_patch(Circle((x, y), width / 2, **look))
        else:
            ring = draw.box(self.card.page, (x - width / 2, y - height / 2, width, height), radius=9, **look)
        ring.set_path_effects([Stroke(linewidth=5.6, foreground=style.INK), Normal()])

    def update(self, *, step: int) -> str:
        stops = self._walk.stops
        found = {name for stop in stops[:step] for name in stop.found}
        here = stops[step - 1] if step else None
        for once, layer in self._back.items():
            layer.show(not once.isdisjoint(found))
        for layers in (self._lit, self._story):
            for name, layer in layers.items():
                layer.show(here is not None and name == here.node)
        heading, code, note = self._told(here)
        line, remark = self._line(here), self._wrong(here)
        self._heading.set_text(heading)
        self._forward.set_text(code if code != heading else "")
        self._forward.set_x(style.MARGIN + 10 + 6.03 * (len(heading) + 2))
        self._yours.set_text(shorten(f"yours: {line}", _LONGEST_LINE, placeholder=" ...") if line else "")
        self._note.set_text(fill(note, 38))
        self._remark.set_text(remark)
        return " ".join(filter(None, self._words(step, note, code, line, remark)))

    def _told(self, here: Stop | None) -> tuple[str, str, str]:
        """Return the heading, the line of the forward pass and the rule of a stop."""
        if here is None:
            arrives = " and ".join(name for name in self._walk.arguments if name != "cache")
            return "forward", self._walk.forward, f"All values are known. {arrives} will arrive from the right."
        return here.node, here.code, self._picture.nodes[here.node].backward

    def _line(self, here: Stop | None) -> str:
        known = self._drawn.code
        return ";  ".join(known[name] for name in here.found if name in known) if here else ""

    def _wrong(self, here: Stop | None) -> str:
        names = [name for name in here.found if name in self._drawn.wrong] if here else []
        return f"{join_names(names)} not exact yet" if names else ""

    def _words(self, step: int, note: str, code: str, line: str, remark: str) -> Iterator[str]:
        stops = self._walk.stops
        here = stops[step - 1] if step else None
        yield f"Step {step} of {len(stops)}, " + (f"at {here.node}." if here else "values only.")
        yield note
        yield f"Forward: `{code}`." if code else ""
        yield f"Your line: `{line}`." if line else ""
        arrays = {name: self._picture.arrays[name] for name in here.found} if here else {}
        yield " ".join(f"{n} {draw.shape(a)}: largest {draw.number(draw.largest(a))}." for n, a in arrays.items())
        yield f"{remark}." if remark else ""
        yield self._drawn.trouble
