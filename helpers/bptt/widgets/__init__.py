"""Widgets: figures with controls, for a notebook with a running kernel.

Every public function takes arrays, or a function that the learner has written, and returns a widget that shows itself
as the last line of a cell: controls, a picture, and a line of text that says what the picture shows. A still picture
stays in the notebook for when there is no kernel.

Matplotlib and ipywidgets are loaded by the first widget and not before. Under autograding (``NBGRADER_EXECUTION`` is
set) no widget is made and neither is loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bptt.runtime import is_autograding

if TYPE_CHECKING:
    from bptt.widgets.gate_sliders import gate_highway as gate_highway
    from bptt.widgets.graph_walk import cell_walk as cell_walk
    from bptt.widgets.influence_panels import influence_map as influence_map
    from bptt.widgets.postcard_walk import small_walk as small_walk
    from bptt.widgets.road_switches import two_roads as two_roads
    from bptt.widgets.tangent_zoom import nudge as nudge
    from bptt.widgets.training import training_panel as training_panel
    from bptt.widgets.tree_steps import tree_or_graph as tree_or_graph

_MODULE_OF = {
    "cell_walk": "graph_walk",
    "gate_highway": "gate_sliders",
    "influence_map": "influence_panels",
    "nudge": "tangent_zoom",
    "training_panel": "training",
    "small_walk": "postcard_walk",
    "tree_or_graph": "tree_steps",
    "two_roads": "road_switches",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type checker reads the imports above instead
    """Load a widget when it is first asked for, or, while a notebook is graded, a stand-in that draws nothing."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if is_autograding():
        return import_module("bptt.viz.undrawn").undrawn
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_MODULE_OF)
