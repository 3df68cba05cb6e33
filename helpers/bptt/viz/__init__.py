"""Figures: every public function takes arrays and returns one Matplotlib Figure.

A figure that is the last line of a cell displays itself, once, with a caption that opens into a description in words.

Matplotlib is loaded by the first figure and not before. Under autograding (``NBGRADER_EXECUTION`` is set) no figure is
drawn and Matplotlib is never loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bptt.runtime import is_autograding

if TYPE_CHECKING:
    from bptt.viz.figures.bias_columns import bias_columns as bias_columns
    from bptt.viz.figures.cell_graph import cell_graph as cell_graph
    from bptt.viz.figures.compare import compare as compare
    from bptt.viz.figures.computation_graph import computation_graph as computation_graph
    from bptt.viz.figures.error_curve import error_curve as error_curve
    from bptt.viz.figures.gate_layout import gate_layout as gate_layout
    from bptt.viz.figures.highway import highway as highway
    from bptt.viz.figures.influence_map import influence_map as influence_map
    from bptt.viz.figures.memory_roads import memory_roads as memory_roads
    from bptt.viz.figures.nudge import nudge as nudge
    from bptt.viz.figures.product_shapes import product_shapes as product_shapes
    from bptt.viz.figures.saliency import saliency as saliency
    from bptt.viz.figures.small_graph import small_graph as small_graph
    from bptt.viz.figures.tanh_slope import tanh_slope as tanh_slope
    from bptt.viz.figures.timings import timings as timings
    from bptt.viz.figures.trained_networks import trained_networks as trained_networks
    from bptt.viz.figures.tree_or_graph import tree_or_graph as tree_or_graph
    from bptt.viz.figures.two_roads import two_roads as two_roads
    from bptt.viz.figures.unrolled import unrolled as unrolled

_FIGURES = (
    "bias_columns",
    "cell_graph",
    "compare",
    "computation_graph",
    "error_curve",
    "gate_layout",
    "highway",
    "influence_map",
    "memory_roads",
    "nudge",
    "product_shapes",
    "saliency",
    "small_graph",
    "tanh_slope",
    "timings",
    "trained_networks",
    "tree_or_graph",
    "two_roads",
    "unrolled",
)
"""Each is in the file of the same name in ``figures/``."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type checker reads the imports above instead
    """Import a figure's function on first access; under autograding, return ``draw_nothing`` in its place."""
    if name not in _FIGURES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if is_autograding():
        return import_module(f"{__name__}.null_figure").draw_nothing
    return getattr(import_module(f"{__name__}.figures.{name}"), name)


def __dir__() -> list[str]:
    return list(_FIGURES)
