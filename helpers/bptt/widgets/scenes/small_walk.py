"""Widget: backward walk through the small graph, one node at a time."""

from typing import NamedTuple

from matplotlib.text import Text  # noqa: TC002 - loaded by every figure anyway

from bptt.viz import draw, style
from bptt.viz.card import Card
from bptt.viz.figures import small_graph
from bptt.viz.figures.small_graph import NODES, SmallGraphPicture
from bptt.widgets.controls import number, steps
from bptt.widgets.interactive_figure import InteractiveFigure
from bptt.widgets.scene import Layer, Scene


class _Stop(NamedTuple):
    """One step of the walk: the node that is lit, what it does, the line of code that it is, and what it finds."""

    node: str
    rule: str
    code: str
    found: tuple[str, ...] = ()


_STOPS = (
    _Stop(
        "",
        "Values flow forward: every node computes one value, and the graph keeps it.",
        "s = x + y;  c = s * x",
    ),
    _Stop("c", "The way back starts at the result: c follows itself one to one.", "dc = 1.0", ("dc",)),
    _Stop(
        "×",
        "A product swaps: each factor receives what arrives, times the value of the other factor.",
        "ds = dc * x;  dx_product = dc * s",
        ("ds", "dx_product"),
    ),
    _Stop(
        "+",
        "A sum passes on: each term receives what arrives, unchanged.",
        "dx_sum = ds;  dy = ds",
        ("dx_sum", "dy"),
    ),
    _Stop(
        "x",
        "x was used twice. Where roads meet, what they bring is added.",
        "dx = dx_product + dx_sum",
        ("dx",),
    ),
)


@style.styled
def small_walk(x: float = 3.0, y: float = 1.0) -> InteractiveFigure:
    r"""Walk back through :math:`s = x + y, \; c = s \cdot x`, one node at a time.

    Parameters
    ----------
    x, y : float
        What the inputs are at first, from -5 to 5; sliders change them.

    Returns
    -------
    InteractiveFigure
    """
    return InteractiveFigure(
        _Walk(),
        still={"step": len(_STOPS) - 1},
        step=steps("step", len(_STOPS)),
        x=number("x", x, (-5, 5), 0.5),
        y=number("y", y, (-5, 5), 0.5),
    )


class _Walk(Scene):
    def __init__(self) -> None:
        super().__init__(
            Card(
                320,
                title="A value that is used twice: back from the result, one node at a time",
                caption="A walk back through s = x + y and c = s · x, one node at a time.",
                description="",
            )
        )
        page = self.card.page
        picture = SmallGraphPicture(page, back=True)
        picture.edges()
        picture.key()
        left, top, width = style.MARGIN - 4, 262, style.WIDTH - 2 * style.MARGIN + 8
        draw.box(page, (left, top, width, 46), facecolor=style.MARKER_PALE, edgecolor=style.INK, linewidth=1.0)
        with self.moving():
            self._values = {name: picture.value(name, 0) for name in ("x", "y", "s", "c")}
            self._code = draw.code(page, (left + 14, top + 15), "", size=10, weight="bold", ha="left")
            self._rule = draw.text(page, (left + 14, top + 32), "", ha="left")
            self._nodes = {name: picture.node(name) for name in NODES}
        self._back: dict[str, Layer] = {}
        self._gradients: dict[str, Text] = {}
        for name in ("dc", "ds", "dx_product", "dx_sum", "dy"):
            with self.moving() as self._back[name]:
                picture.road_back(name)
                self._gradients[name] = picture.gradient(name, 0)
        with self.moving() as self._sum:
            pass
        self._picture = picture

    def update(self, *, step: int, x: float, y: float) -> str:
        s = x + y
        values = {"x": x, "y": y, "s": s, "c": s * x}
        gradients = {"dc": 1.0, "ds": x, "dx_product": s, "dx_sum": x, "dy": x}
        found = [name for stop in _STOPS[: step + 1] for name in stop.found]
        stop = _STOPS[step]
        for name, text in self._values.items():
            text.set_text(small_graph.value_text(name, values[name]))
        for name, text in self._gradients.items():
            text.set_text(small_graph.gradient_text(name, gradients[name]))
        for name, node in self._nodes.items():
            node.set_facecolor(style.MARKER if name == stop.node else "white")
        for name, layer in self._back.items():
            layer.show(name in found)
        with self._sum.refill():
            if "dx" in found:
                self._picture.collected(s, x)
        self._code.set_text(stop.code)
        self._rule.set_text(stop.rule)
        return _words(step, values, gradients | {"dx": s + x})


def _words(step: int, values: dict[str, float], gradients: dict[str, float]) -> str:
    stop = _STOPS[step]
    here = f"Step {step} of {len(_STOPS) - 1}" + (f", at {stop.node}" if stop.node else "")
    shown = {name: gradients[name] for name in stop.found} if stop.node else values
    numbers = ", ".join(f"{name} = {small_graph.number(value)}" for name, value in shown.items())
    return f"{here}. {stop.rule} In code: `{stop.code}`. Here: {numbers}."
