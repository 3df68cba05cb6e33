"""Display a widget, and the static fallback image that stays in the saved notebook."""

import html
import io
import re
from functools import cache
from importlib.resources import files
from typing import Any

from IPython.display import DisplayHandle, display
from PIL import Image

from bptt.viz import style
from bptt.viz.card import Card, picture
from bptt.widgets.scene import Frame

LIVE_CLASS = "bptt-live"
"""CSS class of a widget with a running kernel."""


class StaticFallback:
    """Image and text of a widget as they stay in the saved notebook.

    JupyterLab and Notebook prefer a widget to every other MIME type of an output, also where its kernel is gone, and
    then show an error. So the image is an output of its own, and a script hides the one of the two that is not needed.

    Parameters
    ----------
    frame : Frame
    card : Card
        Its caption is shown below the image.
    moves : bool
        Whether there are controls that move the picture while a kernel runs. What is shown without one says so.
    """

    def __init__(self, frame: Frame, card: Card, *, moves: bool = False) -> None:
        self._caption, self._moves = card.caption, moves
        self._picture, self._words = DisplayHandle(), DisplayHandle()
        self._frame = frame

    def show(self) -> None:
        """Display image and text: two outputs of the cell, just above that of the widget."""
        still, words = self._bundles()
        self._picture.display(still, raw=True)
        self._words.display(words, raw=True)

    def update(self, frame: Frame) -> None:
        """Replace the displayed frame."""
        self._frame = frame
        still, words = self._bundles()
        self._picture.update(still, raw=True)
        self._words.update(words, raw=True)

    def _bundles(self) -> tuple[dict[str, str], dict[str, str]]:
        caption, words = html.escape(self._caption), self._frame.words
        width = round(style.WIDTH / 72 * style.DPI)
        how = "<p>Run this cell again to move the picture.</p>" if self._moves else ""
        return (
            picture(quantized(self._frame.png), width, self._caption, words),
            {
                "text/html": f'<div class="bptt-still">{how}<details><summary>{caption}</summary>'
                f"<p>{words_as_html(words)}</p></details>"
                f"<script>(() => {{\n{script('notebook_output')}\n}})()</script></div>",
                "text/plain": words.replace("`", ""),
            },
        )


def words_as_html(words: str) -> str:
    """Return a text as HTML, with code where it has backticks."""
    return re.sub("`(.+?)`", r"<code>\1</code>", html.escape(words))


def show_widget(box: Any) -> None:  # noqa: ANN401 - ipywidgets has no type hints
    """Display a widget below its fallback image, which is hidden while the widget is there.

    In a notebook that is opened again, on a page exported from it, and without a kernel, the widget's output is empty.
    """
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    nothing = "<!-- a widget, while its kernel runs -->"
    data = {"application/vnd.jupyter.widget-view+json": view, "text/html": nothing, "text/plain": ""}
    display(data, raw=True)


def quantized(png: bytes) -> bytes:
    """Return an image with 256 colours: it hardly looks different, in a third of the bytes."""
    file = io.BytesIO()
    image = Image.open(io.BytesIO(png)).quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    image.save(file, "png", optimize=True)
    return file.getvalue()


@cache
def script(name: str) -> str:
    """Return a script, behind what all share, without comments and indentation: it stands in every widget's output."""
    folder = files("bptt.widgets")
    source = "".join(folder.joinpath(f"{part}.js").read_text(encoding="utf-8") for part in ("front_end", name))
    lines = (line.strip() for line in re.sub(r"/\*\*.*?\*/", "", source, flags=re.DOTALL).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
