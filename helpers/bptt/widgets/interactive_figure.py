"""`InteractiveFigure`: a scene with its ipywidgets controls."""

import asyncio
from base64 import b64encode
from collections import OrderedDict
from contextlib import suppress
from functools import cached_property
from typing import Any

import ipywidgets as ipw
from traitlets import Bunch

from bptt.viz import style
from bptt.widgets.notebook_output import LIVE_CLASS, StaticFallback, show_widget, words_as_html
from bptt.widgets.scene import Frame, Scene

_WIDTH = round(style.WIDTH / 72 * style.DPI)
_MAX_CACHED_FRAMES = 32
"""Frames in the cache, so that going back to one costs nothing."""
_DRAW_AHEAD_SECONDS = 0.1
"""Delay before the next frame is drawn ahead, so that a learner who drags a slider does not wait for it."""


class InteractiveFigure:
    """A scene and its controls, displayed in a notebook.

    Parameters
    ----------
    scene : Scene
        Its ``update`` takes one value for each control, by name, and depends on nothing else.
    lines : int
        Lines of text to reserve below the picture, so that the layout stays when the text changes.
    **controls : ipywidgets.Widget
        With a trait ``value``; by the names of the arguments of ``scene.update``.

    Attributes
    ----------
    scene : Scene
    controls : dict of ipywidgets.Widget
    frame : Frame
        Picture and text that it shows now.
    """

    def __init__(self, scene: Scene, *, lines: int = 2, **controls: Any) -> None:  # noqa: ANN401
        self.scene = scene
        self.controls = controls
        self._lines = lines
        self._fallbacks: list[StaticFallback] = []
        self._pending_draw: asyncio.TimerHandle | None = None
        self._cache: OrderedDict[tuple[object, ...], Frame] = OrderedDict()
        for control in controls.values():
            control.observe(self._redraw, "value")

    @property
    def values(self) -> dict[str, Any]:
        """Values of the controls, by name."""
        return {name: control.value for name, control in self.controls.items()}

    @cached_property
    def frame(self) -> Frame:
        """Picture and text that are shown."""
        return self._cached_frame(self.values)

    @property
    def words(self) -> str:
        """Text that is shown: the picture in words and numbers."""
        return self.frame.words

    def show_state(self, **values: Any) -> None:  # noqa: ANN401 - each scene has values of its own
        """Show a state that code sets, not a control, such as the progress of a training."""
        self._show(self.scene.frame(**self.values | values))

    def update_fallback(self) -> None:
        """Make the frame that is shown now the image that stays in the notebook."""
        for fallback in self._fallbacks:
            fallback.update(self.frame)

    def _cached_frame(self, values: dict[str, Any]) -> Frame:
        key = tuple(values.values())
        if key not in self._cache:
            self._cache[key] = self.scene.frame(**values)
        self._cache.move_to_end(key)
        while len(self._cache) > _MAX_CACHED_FRAMES:
            self._cache.popitem(last=False)
        return self._cache[key]

    @cached_property
    def _picture(self) -> Any:  # noqa: ANN401 - ipywidgets has no type hints
        height = round(self.scene.card.height / 72 * style.DPI)
        return ipw.Image(
            value=_data_url(self.frame),
            format="url",
            width=str(_WIDTH),
            height=str(height),
            layout=ipw.Layout(
                max_width="100%",
                height="auto",
                # Controls and picture fit on the screen together, down to a height where text becomes too small.
                max_height="max(84vh, 600px)",
                object_fit="contain",
                object_position="left",
                margin="0",
            ),
        )

    @cached_property
    def _text(self) -> Any:  # noqa: ANN401 - ipywidgets has no type hints
        return ipw.HTML(
            _status_html(self.words), layout=ipw.Layout(min_height=f"{1.4 * self._lines:.1f}em", width="auto")
        )

    @cached_property
    def box(self) -> Any:  # noqa: ANN401 - ipywidgets has no type hints
        """Container of the controls, the picture and the text."""
        row = ipw.HBox(
            list(self.controls.values()),
            layout=ipw.Layout(flex_flow="row wrap", align_items="center"),
        )
        box = ipw.VBox([row, self._picture, self._text], layout=ipw.Layout(max_width=f"{_WIDTH}px"))
        box.add_class(LIVE_CLASS)
        box.add_class(self._name)
        return box

    @property
    def _name(self) -> str:
        return f"{LIVE_CLASS}-{self._picture.model_id}"

    def _redraw(self, change: Bunch) -> None:
        # While this runs, the browser holds back the slider's next values and then sends the last one alone: a learner
        # who drags faster than we draw sees fewer frames, not late ones.
        self._show(self._cached_frame(self.values))
        self._draw_ahead(change)

    def _draw_ahead(self, change: Bunch) -> None:
        """Schedule drawing the next step into the cache, on a kernel's event loop."""
        if self._pending_draw is not None:
            self._pending_draw.cancel()
        for name, control in self.controls.items():
            step = getattr(control, "step", 0)
            if control is not change.owner or not step:
                continue
            # Rounded as the browser does, so that the slider's next value is this one.
            following = round(change.new + (step if change.new > change.old else -step), 10)
            if control.min <= following <= control.max:
                with suppress(RuntimeError):  # outside a kernel there is no event loop
                    loop = asyncio.get_running_loop()
                    self._pending_draw = loop.call_later(
                        _DRAW_AHEAD_SECONDS, self._cached_frame, self.values | {name: following}
                    )

    def _show(self, frame: Frame) -> None:
        self.frame = frame
        self._picture.value = _data_url(frame)
        self._text.value = _status_html(frame.words)

    def _ipython_display_(self) -> None:
        fallback = StaticFallback(self.frame, self.scene.card, self._name, moves=bool(self.controls))
        fallback.show()
        self._fallbacks.append(fallback)
        show_widget(self.box)


def _data_url(frame: Frame) -> bytes:
    """Return the picture as a data URL.

    A browser shows it at once. Bytes get a URL of their own, and until the browser has loaded that it shows nothing:
    in Chromium, for one frame in twenty.
    """
    return b"data:image/png;base64," + b64encode(frame.png)


def _status_html(words: str) -> str:
    return f'<p role="status" aria-live="polite" style="margin: 0; line-height: 1.4">{words_as_html(words)}</p>'
