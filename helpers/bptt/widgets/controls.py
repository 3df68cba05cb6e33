"""What a learner moves: sliders, switches, choices, and steps with buttons and Play."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import ipywidgets as ipw

_LABEL = {"description_width": "initial"}
"""As wide as its words."""
_SLIDER = {"flex": "1 1 190px", "max_width": "330px", "width": "auto"}
"""Sliders share what their row has left."""


class Control(NamedTuple):
    """A control: what is seen, and what holds its value.

    Attributes
    ----------
    box : ipywidgets.Widget
        What stands in the row of controls.
    source : ipywidgets.Widget
        Has the trait ``value``.
    stepwise : bool
        Whether its value mostly goes on by one, so that it is worth while to draw the next frame ahead.
    """

    box: Any
    source: Any
    stepwise: bool = False


def number(label: str, value: float, ends: tuple[float, float], step: float, readout: str = ".2f") -> Control:
    """Make a slider for a number between two ends; ``readout`` is a format such as ``.2f``."""
    low, high = ends
    slider = ipw.FloatSlider(value, min=low, max=high, step=step, readout_format=readout, **_named(label))
    return Control(slider, slider)


def whole(label: str, value: int, ends: tuple[int, int]) -> Control:
    """Make a slider for a whole number between two ends, both included."""
    low, high = ends
    slider = ipw.IntSlider(value, min=low, max=high, **_named(label))
    return Control(slider, slider)


def switch(label: str, *, on: bool = True) -> Control:
    """Make a switch; its value is True or False."""
    layout = ipw.Layout(width="auto", margin="2px 18px 2px 2px")
    box = ipw.Checkbox(on, indent=False, **_named(label) | {"layout": layout})
    return Control(box, box)


def choice(label: str, options: Sequence[str], value: str | None = None) -> Control:
    """Make a row of buttons of which one is pressed; its value is the text of that one."""
    buttons = ipw.ToggleButtons(
        options=options,
        value=value or options[0],
        **described(label),
        style=_LABEL | {"button_width": "auto"},
    )
    return Control(buttons, buttons)


def steps(label: str, count: int, *, seconds: float = 1.2) -> Control:
    """Make what walks through ``count`` steps: a slider from 0 to ``count - 1``, one step back, one on, and Play.

    Play takes a step every ``seconds``, in the browser, so that it waits while the kernel draws. Whoever sets
    ``max`` of the slider changes the number of steps.
    """
    last = count - 1
    slider = ipw.IntSlider(0, min=0, max=last, **_named(label))
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
    return Control(row, slider, stepwise=True)


def described(label: str) -> dict[str, str]:
    """Return what gives a control its label, under any version of ipywidgets."""
    # Without a tooltip of its own, a label of version 8 says "null" to whoever points at it. Version 7, which Colab
    # has, makes one of the label, and warns of others.
    tooltip = {"tooltip": label} if "tooltip" in ipw.DOMWidget.class_trait_names() else {}
    return {"description": label} | tooltip


def _named(label: str) -> dict[str, Any]:
    return {**described(label), "style": _LABEL, "layout": ipw.Layout(**_SLIDER)}
