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
HOW_TO_MOVE = "In the notebook, run this cell to move the picture."
"""Below a still picture: a reader of an exported page has no cell to run."""


class StaticFallback:
    """Image and text of a widget as they stay in the saved notebook.

    JupyterLab and Notebook prefer a widget to every other MIME type of an output, also where its kernel is gone, and
    then show an error. So image and text are an output of their own, and a script in it hides the one of the two that
    is not needed.

    Parameters
    ----------
    frame : Frame
    card : Card
        Its caption is shown below the image.
    name : str
        CSS class of the widget that it stands for, and of no other one.
    moves : bool
        Whether there are controls that move the picture while a kernel runs. What is shown without one says so.
    """

    def __init__(self, frame: Frame, card: Card, name: str, *, moves: bool = False) -> None:
        self._frame, self._caption, self._name, self._moves = frame, card.caption, name, moves
        self._handle = DisplayHandle()

    def show(self) -> None:
        """Display image and text: an output of the cell, just above that of the widget."""
        self._handle.display(self._bundle(), raw=True)

    def update(self, frame: Frame) -> None:
        """Replace the displayed frame."""
        self._frame = frame
        self._handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        words = self._frame.words
        image = picture(quantized(self._frame.png), round(style.WIDTH / 72 * style.DPI), words)
        how = f"<p>{HOW_TO_MOVE}</p>" if self._moves else ""
        return {
            "text/html": f'<div data-bptt-of="{self._name}">{image}{how}'
            f"<details><summary>{html.escape(self._caption)}</summary><p>{words_as_html(words)}</p></details>"
            f"<script>(() => {{\n{script('notebook_output')}\n}})()</script></div>",
            "text/plain": words.replace("`", ""),
        }


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
