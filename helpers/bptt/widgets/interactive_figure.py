"""A scene with its controls, as it shows itself in a notebook."""

import asyncio
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

import ipywidgets as ipw
from traitlets import Bunch

from bptt.viz import style
from bptt.widgets.controls import Control
from bptt.widgets.notebook_output import LIVE, StaticFallback, marked_up, show
from bptt.widgets.scene import Frame, Scene

_WIDTH = round(style.WIDTH / 72 * style.DPI)
_KEPT = 32
"""Frames that are kept, so that going back to one costs nothing."""
_PAUSE = 0.1
"""Seconds that a learner looks at a frame before the next one is drawn ahead: who is dragging does not wait for it."""


class InteractiveFigure:
    """A scene and the controls that move it.

    Parameters
    ----------
    scene : Scene
        Its ``update`` takes one value for each control, by name, and depends on nothing else.
    lines : int
        How many lines of text to keep free below the picture, so that nothing moves when the words change.
    still : dict, optional
        Values for the still picture that stays in the notebook, where others tell more than those at the start.
    **controls : Control

    Attributes
    ----------
    scene : Scene
    controls : dict of Control
    frame : Frame
        The picture and the words that it shows now.
    """

    def __init__(
        self, scene: Scene, *, lines: int = 2, still: Mapping[str, Any] | None = None, **controls: Control
    ) -> None:
        self.scene = scene
        self.controls = controls
        self._lines = lines
        self._still = still or {}
        self._still_shown: list[StaticFallback] = []
        self._ahead: asyncio.TimerHandle | None = None
        self._kept: OrderedDict[tuple[object, ...], Frame] = OrderedDict()
        for control in controls.values():
            control.source.observe(self._redraw, "value")

    @property
    def values(self) -> dict[str, Any]:
        """What the controls are set to, by their names."""
        return {name: control.source.value for name, control in self.controls.items()}

    @cached_property
    def frame(self) -> Frame:
        """The picture and the words that are shown."""
        return self._drawn(self.values)

    @property
    def words(self) -> str:
        """What the picture shows, in words and numbers."""
        return self.frame.words

    def show_state(self, **values: Any) -> None:  # noqa: ANN401 - each scene has values of its own
        """Show a state that code sets, not a control, such as the progress of a training."""
        self._show(self.scene.frame(**self.values | values))

    def keep(self) -> None:
        """Let the still picture in the notebook be the one that is shown now."""
        for still in self._still_shown:
            still.update(self.frame)

    def _drawn(self, values: dict[str, Any]) -> Frame:
        key = tuple(values.values())
        if key not in self._kept:
            self._kept[key] = self.scene.frame(**values)
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]

    @cached_property
    def _picture(self) -> Any:  # noqa: ANN401 - ipywidgets has no type hints
        height = round(self.scene.card.height / 72 * style.DPI)
        return ipw.Image(
            value=_address(self.frame),
            format="url",
            width=str(_WIDTH),
            height=str(height),
            layout=ipw.Layout(
                max_width="100%",
                height="auto",
                # So that controls and picture are seen together, down to where letters would become too small.
                max_height="max(84vh, 600px)",
                object_fit="contain",
                object_position="left",
                margin="0",
            ),
        )

    @cached_property
    def _text(self) -> Any:  # noqa: ANN401 - ipywidgets has no type hints
        return ipw.HTML(_told(self.words), layout=ipw.Layout(min_height=f"{1.4 * self._lines:.1f}em", width="auto"))

    @cached_property
    def box(self) -> Any:  # noqa: ANN401 - ipywidgets has no type hints
        """The controls in a row, the picture, and the words below it."""
        row = ipw.HBox(
            [control.box for control in self.controls.values()],
            layout=ipw.Layout(flex_flow="row wrap", align_items="center"),
        )
        box = ipw.VBox([row, self._picture, self._text], layout=ipw.Layout(max_width=f"{_WIDTH}px"))
        box.add_class(LIVE)
        return box

    def _redraw(self, change: Bunch) -> None:
        # While this runs, the browser holds back what a slider says next, and of that all but the last: a learner who
        # drags faster than we draw sees fewer frames, never late ones.
        self._show(self._drawn(self.values))
        self._draw_ahead(change)

    def _draw_ahead(self, change: Bunch) -> None:
        """Draw the step after this one while the learner looks, where a kernel waits for what is next."""
        if self._ahead is not None:
            self._ahead.cancel()
        for name, control in self.controls.items():
            if control.source is not change.owner or not control.stepwise:
                continue
            after = change.new + (1 if change.new > change.old else -1)
            if control.source.min <= after <= control.source.max:
                with suppress(RuntimeError):  # no loop runs outside of a kernel
                    loop = asyncio.get_running_loop()
                    self._ahead = loop.call_later(_PAUSE, self._drawn, self.values | {name: after})

    def _show(self, frame: Frame) -> None:
        self.frame = frame
        self._picture.value = _address(frame)
        self._text.value = _told(frame.words)

    def _ipython_display_(self) -> None:
        still = StaticFallback(
            self._drawn(self.values | dict(self._still)) if self._still else self.frame, self.scene.card
        )
        still.show()
        self._still_shown.append(still)
        show(self.box)


def _address(frame: Frame) -> bytes:
    """Return the picture as an address that contains it.

    A browser shows it at once. Bytes would get an address of their own, and until the browser has read them from there
    it shows nothing: Chromium did so for one frame in twenty.
    """
    return b"data:image/png;base64," + b64encode(frame.png)


def _told(words: str) -> str:
    return f'<p role="status" aria-live="polite" style="margin: 0; line-height: 1.4">{marked_up(words)}</p>'
