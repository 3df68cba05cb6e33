"""How a figure shows itself: once, with words beside it, and without touching the reader's settings."""

import html
import io
import re
import subprocess
import sys

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.figure import Figure
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from pictures import cell, image
from PIL import Image

from bptt import viz, widgets

FIGURES = {
    "bias_columns": lambda: viz.bias_columns(cell()[1]["dz"]),
    "cell_graph": lambda: viz.cell_graph(*cell(), "tanh"),
    "compare": lambda: viz.compare(np.eye(3), np.ones((3, 3)), "dWaa"),
    "influence_map": lambda: viz.influence_map(np.tri(4), other=np.eye(4)),
    "product_shapes": lambda: viz.product_shapes(("A", 2, 3), ("B", 3, 4), ("C", 2, 4)),
    "tanh_slope": lambda: viz.tanh_slope(cell()[0].a_next),
    "timings": lambda: viz.timings([2, 4, 8], [[1, 2, 4], [1, 4, 16]], ["sweep", "tree"]),
    "tree_or_graph": lambda: viz.tree_or_graph(4),
    "two_roads": lambda: viz.two_roads(np.ones((1, 1, 3)), np.array([[[2.0, 1.0, 0.0]]])),
}


@pytest.fixture(params=FIGURES)
def figure(request):
    return FIGURES[request.param]()


def test_is_a_figure_with_words(figure):
    """Each has a caption of its own and a longer description."""
    assert isinstance(figure, Figure)
    assert figure.caption.endswith(".")
    assert len(figure.description) > len("A picture of arrays.")


def test_shows_picture_then_words(figure):
    """One picture with its width and description, then the same words as text."""
    show = InteractiveShell.instance().display_formatter.format
    with capture_output() as shown:
        show(figure)
    picture, text = shown.outputs
    png, width, alt = image(picture)
    assert png.startswith(b"\x89PNG")
    assert width <= 940
    assert alt == figure.description.replace("`", "")
    assert "<details>" in text.data["text/html"]
    assert text.data["text/plain"] == figure.description


def test_card_is_opaque_and_its_corners_are_not(figure):
    """On a dark page the card keeps its own light ground, up to its round corners."""
    picture = np.asarray(Image.open(io.BytesIO(figure.png())))
    assert picture[0, 0, 3] == 0
    assert (picture[12:-12, 12:-12, 3] == 255).all()
    assert (picture[12, 12, :3] > 240).all()


def test_scale_makes_it_sharper():
    picture = FIGURES["compare"]()
    one, two = (Image.open(io.BytesIO(picture.png(scale))).size for scale in (1, 2))
    assert two[0] == pytest.approx(2 * one[0], abs=2)


def test_reader_settings_stay_and_do_not_leak_in():
    """A dark style of the reader's own survives and does not darken our figures."""
    plain = FIGURES["tanh_slope"]().png()
    with mpl.rc_context({"axes.grid": True, "text.color": "white", "font.size": 20, "lines.marker": "o"}):
        before = dict(mpl.rcParams)
        assert FIGURES["tanh_slope"]().png() == plain
        assert dict(mpl.rcParams) == before


def test_pyplot_is_never_loaded():
    """So no figure stays open, and none is drawn a second time by the inline backend."""
    draw = "from bptt import viz; viz.tanh_slope().png(); import sys; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", draw], check=False).returncode == 0


def test_notebook_shows_it_once_also_as_html():
    """In a kernel, with and without pyplot loaded, and in the exported page."""
    cells = ["from bptt import viz\nviz.tanh_slope()", "import matplotlib.pyplot as plt\nviz.tanh_slope()"]
    notebook, page = executed(*cells)
    for code in notebook.cells:
        kinds = [sorted(output["data"]) for output in code.outputs]
        assert kinds == [["text/html", "text/plain"], ["text/html", "text/plain"]]
    assert page.count("<img ") == len(cells)
    assert page.count("</details>") == len(cells)


def test_every_picture_of_an_exported_page_has_a_text_in_its_place():
    """Of figures and of widgets of both kinds; nbconvert writes a text of its own where there is none."""
    start = "from bptt import inputs, viz, widgets\n"
    cells = ("viz.tanh_slope()", "viz.tree_or_graph(4)", "widgets.small_walk()", "widgets.nudge(abs)")
    _, page = executed(*(start + code for code in cells))
    texts = [html.unescape(alt) for alt in re.findall('<img [^>]*alt="([^"]*)"', page)]
    shown = (
        viz.tanh_slope().description,
        viz.tree_or_graph(4).description,
        widgets.small_walk().still().description,
        widgets.nudge(abs).words,
    )
    assert texts == [words.replace("`", "") for words in shown]
    assert page.count("<img ") == len(texts)


def executed(*cells):
    """Run a notebook and export it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    NotebookClient(notebook, kernel_name="python3", store_widget_state=False).execute()
    return notebook, HTMLExporter().from_notebook_node(notebook)[0]
