"""Controls of the widgets that stay in the kernel."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as ipw

_LABEL = {"description_width": "initial"}
"""Label as wide as its text."""
_SLIDER = {"flex": "1 1 190px", "max_width": "330px", "width": "auto"}
"""Sliders share the free width of their row."""


def number(label: str, value: float, ends: tuple[float, float], step: float, readout: str = ".2f") -> Any:  # noqa: ANN401 - ipywidgets has no type hints
    """Make a slider for a number between two ends, both included; ``readout`` is a format such as ``.2f``."""
    low, high = ends
    return ipw.FloatSlider(value, min=low, max=high, step=step, readout_format=readout, **_slider_options(label))


def whole(label: str, value: int, ends: tuple[int, int]) -> Any:  # noqa: ANN401
    """Make a slider for a whole number between two ends, both included."""
    low, high = ends
    return ipw.IntSlider(value, min=low, max=high, **_slider_options(label))


def sizes(label: str, options: Sequence[tuple[str, float]], value: float) -> Any:  # noqa: ANN401
    """Make a slider over some numbers, each with its text."""
    return ipw.SelectionSlider(options=options, value=value, **_slider_options(label))


def _slider_options(label: str) -> dict[str, Any]:
    """Return the options that label a slider, under any version of ipywidgets."""
    # Version 8 shows "null" when the pointer is over a label without a tooltip. Version 7, which Colab has, makes the
    # tooltip from the label, and warns of the option.
    tooltip = {"tooltip": label} if "tooltip" in ipw.DOMWidget.class_trait_names() else {}
    return {"description": label, "style": _LABEL, "layout": ipw.Layout(**_SLIDER)} | tooltip


def letters(label: str, value: str) -> Any:  # noqa: ANN401
    """Make a field for a few letters, which is read while somebody types."""
    return ipw.Text(value, continuous_update=True, **_slider_options(label))
