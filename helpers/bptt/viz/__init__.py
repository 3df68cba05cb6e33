"""Pictures: arrays in, Figure out.

Every public function draws one figure from the arrays that it is given and returns it. A figure that is the last line
of a cell shows itself, once, with a caption that opens into a description in words.

Matplotlib is loaded by the first figure and not before. Under autograding (``NBGRADER_EXECUTION`` is set) no figure is
drawn and Matplotlib is never loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bptt.runtime import is_autograding

if TYPE_CHECKING:
    from bptt.viz.bias import bias_columns as bias_columns
    from bptt.viz.coloured_words import saliency as saliency
    from bptt.viz.comparison import compare as compare
    from bptt.viz.gate_blocks import gate_layout as gate_layout
    from bptt.viz.gate_road import highway as highway
    from bptt.viz.graph import cell_graph as cell_graph
    from bptt.viz.growth import timings as timings
    from bptt.viz.postcard import small_graph as small_graph
    from bptt.viz.product import product_shapes as product_shapes
    from bptt.viz.reach import influence_map as influence_map
    from bptt.viz.roads import memory_roads as memory_roads
    from bptt.viz.roads import two_roads as two_roads
    from bptt.viz.slope import tanh_slope as tanh_slope
    from bptt.viz.tangent import nudge as nudge
    from bptt.viz.tree import tree_or_graph as tree_or_graph
    from bptt.viz.u_curve import error_curve as error_curve

_MODULE_OF = {
    "bias_columns": "bias",
    "cell_graph": "graph",
    "compare": "comparison",
    "error_curve": "u_curve",
    "gate_layout": "gate_blocks",
    "highway": "gate_road",
    "influence_map": "reach",
    "memory_roads": "roads",
    "nudge": "tangent",
    "product_shapes": "product",
    "saliency": "coloured_words",
    "small_graph": "postcard",
    "tanh_slope": "slope",
    "timings": "growth",
    "tree_or_graph": "tree",
    "two_roads": "roads",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type checker reads the imports above instead
    """Load a figure when it is first asked for, or, while a notebook is graded, a stand-in that draws nothing."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if is_autograding():
        return import_module(f"{__name__}.undrawn").undrawn
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_MODULE_OF)
