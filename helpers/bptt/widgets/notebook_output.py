"""What a widget leaves in the notebook: itself, and one still picture for when there is no kernel."""

import html
import io
import re
from base64 import b64encode
from typing import Any

from IPython.display import DisplayHandle, display
from PIL import Image

from bptt.viz import style
from bptt.viz.card import Card
from bptt.widgets.scene import Frame

LIVE = "bptt-live"
"""Class of a widget that is at work."""
_STILL = "bptt-still"

# JupyterLab and Notebook prefer a widget to every other kind of output, also where it is gone, and then show an error
# in its place. So the still picture is an output of its own, and whichever of the two is not wanted is hidden.
_CSS = f"""
.jp-OutputArea-child:has(.{_STILL}):has(+ .jp-OutputArea-child .{LIVE}),
.jp-OutputArea-child:has(+ .jp-OutputArea-child .{_STILL}):has(+ * + .jp-OutputArea-child .{LIVE}),
.jp-OutputArea-child:has(.{_STILL}) + .jp-OutputArea-child:not(:has(.{LIVE})) {{ display: none; }}
"""


class StaticFallback:
    """The picture of a widget, and its words, as they stay in the notebook.

    Parameters
    ----------
    frame : Frame
    card : Card
        Its caption stands below the picture.
    """

    def __init__(self, frame: Frame, card: Card) -> None:
        self._caption = card.caption
        self._picture, self._words = DisplayHandle(), DisplayHandle()
        self._frame = frame

    def show(self) -> None:
        """Put picture and words into what the cell shows: two outputs, just above that of the widget."""
        picture, metadata, words = self._bundles()
        self._picture.display(picture, metadata=metadata, raw=True)
        self._words.display(words, raw=True)

    def update(self, frame: Frame) -> None:
        """Put another frame in the place of the one that is there."""
        self._frame = frame
        picture, metadata, words = self._bundles()
        self._picture.update(picture, metadata=metadata, raw=True)
        self._words.update(words, raw=True)

    def _bundles(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        caption, plain = html.escape(self._caption), self._frame.words.replace("`", "")
        return (
            {"image/png": b64encode(_smaller(self._frame.png)).decode("ascii"), "text/plain": self._caption},
            {"image/png": {"width": round(style.WIDTH / 72 * style.DPI), "alt": plain}},
            {
                "text/html": f'<style>{_CSS}</style><details class="{_STILL}">'
                f"<summary>{caption}</summary><p>{marked_up(self._frame.words)}</p></details>",
                "text/plain": plain,
            },
        )


def marked_up(words: str) -> str:
    """Return words as HTML, with code where they have it between backticks."""
    return re.sub("`(.+?)`", r"<code>\1</code>", html.escape(words))


def show(box: Any) -> None:  # noqa: ANN401 - ipywidgets has no type hints
    """Show a widget below its still picture: while it is at work, it alone is seen.

    In a notebook that is opened again, on a page made from it, and where the kernel has stopped, its place is empty.
    """
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    nothing = "<!-- a widget, while its kernel runs -->"
    data = {"application/vnd.jupyter.widget-view+json": view, "text/html": nothing, "text/plain": ""}
    display(data, raw=True)


def _smaller(png: bytes) -> bytes:
    """Write a picture with 256 colours, which an eye can hardly tell from all of them, in a third of the space."""
    file = io.BytesIO()
    few = Image.open(io.BytesIO(png)).quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "png", optimize=True)
    return file.getvalue()
