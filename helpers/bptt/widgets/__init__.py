"""Widgets: interactive figures for a notebook.

Every public function takes arrays, or a function that the learner has written, and returns a widget that displays
itself as the last line of a cell: controls, a picture, and a line of text that says what the picture shows. A static
image stays in the saved notebook for whoever may not run scripts.

``small_walk``, ``two_roads``, ``tree_or_graph``, ``cell_walk`` and ``dream`` compute all that they can show when they
are made, and are drawn by the browser, with or without a kernel. The others call a learner's function wherever a slider
is, or show a training while it runs, so they need one, and ipywidgets.

Matplotlib is loaded by the first widget and not before. Under autograding (``NBGRADER_EXECUTION`` is set) no widget is
made, and neither Matplotlib nor ipywidgets is loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bptt.runtime import is_autograding

if TYPE_CHECKING:
    from bptt.widgets.scenes.cell_walk import cell_walk as cell_walk
    from bptt.widgets.scenes.dream import dream as dream
    from bptt.widgets.scenes.gate_highway import gate_highway as gate_highway
    from bptt.widgets.scenes.influence_map import influence_map as influence_map
    from bptt.widgets.scenes.next_letters import next_letters as next_letters
    from bptt.widgets.scenes.nudge import nudge as nudge
    from bptt.widgets.scenes.small_walk import small_walk as small_walk
    from bptt.widgets.scenes.training_panel import training_panel as training_panel
    from bptt.widgets.scenes.tree_or_graph import tree_or_graph as tree_or_graph
    from bptt.widgets.scenes.two_roads import two_roads as two_roads

_WIDGETS = (
    "cell_walk",
    "dream",
    "gate_highway",
    "influence_map",
    "next_letters",
    "nudge",
    "small_walk",
    "training_panel",
    "tree_or_graph",
    "two_roads",
)
"""Each is in the file of the same name in ``scenes/``."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type checker reads the imports above instead
    """Import a widget's function on first access; under autograding, return ``draw_nothing`` in its place."""
    if name not in _WIDGETS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if is_autograding():
        return import_module("bptt.viz.null_figure").draw_nothing
    return getattr(import_module(f"{__name__}.scenes.{name}"), name)


def __dir__() -> list[str]:
    return list(_WIDGETS)
