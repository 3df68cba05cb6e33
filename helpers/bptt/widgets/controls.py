"""Controls of widgets: sliders, switches, choices, and steps with buttons and Play."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import ipywidgets as ipw

_LABEL = {"description_width": "initial"}
"""Label as wide as its text."""
_SLIDER = {"flex": "1 1 190px", "max_width": "330px", "width": "auto"}
"""Sliders share the free width of their row."""


class Control(NamedTuple):
    """A control: the ipywidget that is displayed, and the one that holds its value.

    Attributes
    ----------
    box : ipywidgets.Widget
        Displayed in the row of controls.
    source : ipywidgets.Widget
        Has the trait ``value``.
    step : float
        Step of its keys, if drawing the next frame ahead is worthwhile; else 0.
    """

    box: Any
    source: Any
    step: float = 0


def number(label: str, value: float, ends: tuple[float, float], step: float, readout: str = ".2f") -> Control:
    """Make a slider for a number between two ends, both included; ``readout`` is a format such as ``.2f``."""
    low, high = ends
    slider = ipw.FloatSlider(value, min=low, max=high, step=step, readout_format=readout, **_slider_options(label))
    return Control(slider, slider, step)


def whole(label: str, value: int, ends: tuple[int, int]) -> Control:
    """Make a slider for a whole number between two ends, both included."""
    low, high = ends
    slider = ipw.IntSlider(value, min=low, max=high, **_slider_options(label))
    return Control(slider, slider, 1)


def switch(label: str, *, on: bool = True) -> Control:
    """Make a switch; its value is True or False."""
    layout = ipw.Layout(width="auto", margin="2px 18px 2px 2px")
    box = ipw.Checkbox(on, indent=False, **_slider_options(label) | {"layout": layout})
    return Control(box, box)


def choice(label: str, options: Sequence[str], value: str | None = None) -> Control:
    """Make a row of buttons of which one is pressed; the value is its text."""
    buttons = ipw.ToggleButtons(
        options=options,
        value=value or options[0],
        **description_options(label),
        style=_LABEL | {"button_width": "auto"},
    )
    return Control(buttons, buttons)


def steps(label: str, count: int, *, seconds: float = 1.2) -> Control:
    """Make a slider from 0 to ``count - 1`` with buttons for one step back, one step on, and Play.

    Play takes a step every ``seconds``, in the browser, so that it waits while the kernel draws. To change the number
    of steps, set ``max`` of the slider.
    """
    last = count - 1
    slider = ipw.IntSlider(0, min=0, max=last, **_slider_options(label))
    play = ipw.Play(min=0, max=last, interval=round(1000 * seconds), show_repeat=False, layout=ipw.Layout(width="80px"))
    ipw.jslink((slider, "max"), (play, "max"))
    ipw.jslink((play, "value"), (slider, "value"))
    back, on = (
        ipw.Button(description=words, layout=ipw.Layout(width="auto"))
        for words in ("\N{LEFTWARDS ARROW} Back", "Next \N{RIGHTWARDS ARROW}")
    )

    def step(by: int) -> None:
        slider.value = min(max(slider.value + by, 0), slider.max)

    back.on_click(lambda _: step(-1))
    on.on_click(lambda _: step(1))
    row = ipw.HBox([play, back, on, slider], layout=ipw.Layout(flex="2 1 400px", max_width="520px"))
    return Control(row, slider, 1)


def description_options(label: str) -> dict[str, str]:
    """Return the options that label a control, under any version of ipywidgets."""
    # Version 8 shows "null" when the pointer is over a label without a tooltip. Version 7, which Colab has, makes the
    # tooltip from the label, and warns of the option.
    tooltip = {"tooltip": label} if "tooltip" in ipw.DOMWidget.class_trait_names() else {}
    return {"description": label} | tooltip


def _slider_options(label: str) -> dict[str, Any]:
    return {**description_options(label), "style": _LABEL, "layout": ipw.Layout(**_SLIDER)}
