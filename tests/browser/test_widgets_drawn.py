"""The pictures that the browser draws, in JupyterLab, in Notebook, and wherever a notebook goes from there."""

import json

import nbformat
import pytest
from drawn import Drawn
from nbconvert import HTMLExporter
from playwright.sync_api import expect
from seen import assert_fits

from bptt import exact, inputs, widgets
from bptt.viz import draw

SINGLE = "seed=5, n_x=1, n_a=1, n_y=2, m=1, T_x=4"
START = "from bptt import inputs, widgets"
CODE = {
    "small_walk": "widgets.small_walk()",
    "two_roads": f"widgets.two_roads(*inputs.rnn({SINGLE}))",
    "two_roads, LSTM": f"widgets.two_roads(*inputs.lstm({SINGLE}))",
    "tree_or_graph": "widgets.tree_or_graph()",
    "cell_walk, RNN": "widgets.cell_walk(None, *inputs.rnn_cell(seed=4))",
    "cell_walk, LSTM": "widgets.cell_walk(None, *inputs.lstm_cell(seed=4))",
}
FIGURES = {name: eval(code, {"inputs": inputs, "widgets": widgets}) for name, code in CODE.items()}  # noqa: S307


# The function of lesson 01 as one learner might write it, with one mistake.
WRONG = """\
def rnn_cell_backward(da_next, cache):
    dz = da_next * (1 - cache.a_next**2)
    Wax, Waa = cache.parameters["Wax"], cache.parameters["Waa"]
    dxt = Wax.T @ dz
    da_prev = Waa @ dz
    return {
        "dxt": dxt,
        "da_prev": da_prev,
        "dWax": dz @ cache.xt.T,
        "dWaa": dz @ cache.a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }"""
CELL = "widgets.cell_walk(rnn_cell_backward, *inputs.rnn_cell(seed=4))"


class Notebook:
    """A notebook with one picture in each cell, walked through with the keyboard."""

    def __init__(self, learner):
        self.learner, self.page = learner, learner.page
        learner.page.set_viewport_size({"width": 1366, "height": 768})
        learner.make("drawn", START, *CODE.values())
        learner.open("drawn")
        learner.run_all()

    def cells(self):
        yield from zip(CODE, self.learner.code_cells[1:], strict=True)

    def still(self, cell):
        return self.learner.output(cell).locator("img")

    def walk(self):
        """Move each control of each picture, as its first and its last value and one step on; see what is said."""
        for name, cell in self.cells():
            self.learner.cell(cell).scroll_into_view_if_needed()
            expect(self.still(cell)).not_to_be_visible()
            walk(Drawn(self.page, self.learner.cell(cell)), FIGURES[name])


def walk(drawn, figure):
    at = {name: control.start for name, control in figure.controls.items()}

    def see():
        values = {name: figure.controls[name].values[i] for name, i in at.items()}
        drawn.told(figure.words(**values).replace("`", ""))

    for name, control in figure.controls.items():
        last = len(control.values) if not control.limit else control.limit[1][at[control.limit[0]]]
        if control.kind == "switch":
            drawn.switch(control.label)
            at[name] = 1 - at[name]
            see()
            continue
        for key, value in (("End", last - 1), ("Home", 0), ("ArrowRight", 1)):
            drawn.slide(control.label, key)
            before = dict(at)
            at[name] = value
            for other, limited in figure.controls.items():
                if limited.limit and limited.limit[0] == name:
                    finished = before[other] and before[other] == limited.limit[1][before[name]] - 1
                    most = limited.limit[1][value] - 1
                    at[other] = most if finished else min(before[other], most)
            see()


@pytest.fixture
def notebook(learner):
    return Notebook(learner)


def test_in_jupyterlab_with_and_without_a_kernel(notebook):
    learner = notebook.learner
    notebook.walk()
    for name, cell in notebook.cells():
        learner.cell(cell).scroll_into_view_if_needed()
        drawn = Drawn(notebook.page, learner.cell(cell))
        assert drawn.host.bounding_box()["height"] <= 620, name
        assert_fits(learner, cell)
        assert "application/vnd.jupyter.stderr" not in learner.kinds(cell)
        learner.look(name, cell)
    # Ctrl+S saves while a slider has the focus, and nothing of a widget's state.
    drawn.slide("step", "ArrowRight")
    learner.save()
    assert "widgets" not in nbformat.read(learner.file, 4).metadata
    learner.restart_kernel()
    notebook.page.reload()
    learner._ready()
    notebook.walk()
    learner.go_dark()
    for name, cell in notebook.cells():
        learner.look(f"{name}, dark", cell)


def test_opened_again_elsewhere(notebook, browser):
    """Reopened in Notebook; as somebody else's, which is not trusted; and exported, with no network."""
    learner, page = notebook.learner, notebook.page
    learner.save()
    learner.visit(app="notebooks")
    notebook.walk()
    saved = nbformat.read(learner.file, 4)
    saved.cells[-1].source += "  # from somebody else"
    nbformat.write(saved, learner.file.with_stem("untrusted"))
    learner.visit("untrusted")
    for name, cell in notebook.cells():
        learner.cell(cell).scroll_into_view_if_needed()
        expect(notebook.still(cell)).to_be_visible()
        expect(learner.output(cell).get_by_text("In the notebook, run this cell to move the picture.")).to_be_visible()
        learner.look(f"{name}, untrusted", cell)
    exported, _ = HTMLExporter(require_js_url="", mathjax_url="").from_notebook_node(nbformat.read(learner.file, 4))
    file = learner.file.with_suffix(".html")
    file.write_text(exported, encoding="utf-8")
    assert json.dumps("startAll")[1:-1] in exported
    with browser.new_page() as offline:
        offline.route(
            "**/*", lambda route: route.abort() if route.request.url.startswith("http") else route.continue_()
        )
        offline.goto(file.as_uri())
        assert offline.locator("img:visible").count() == 0
        for i, figure in enumerate(FIGURES.values()):
            within = offline.locator(".jp-Cell").nth(i + 1)
            walk(Drawn(offline, within), figure)
    page.bring_to_front()


def drawn(learner, name, *cells):
    """Open a notebook made for one walk, and run it."""
    learner.make(name, *cells)
    learner.open(name)
    learner.run_all()
    walk = Drawn(learner.page, learner.cell(learner.code_cells[-1]))
    expect(walk.picture).to_be_visible()
    return walk


def test_cell_walk(learner):
    walk = drawn(learner, "cell_walk", START, WRONG, CELL)
    cell = learner.code_cells[-1]
    da_next, cache = inputs.rnn_cell(seed=4)
    walk.told("Step 0 of 10, values only.")
    assert_fits(learner, cell)
    learner.look("start", cell)
    height = walk.host.bounding_box()["height"]
    for step, words in enumerate(
        [
            f"da_next (5, 4): largest magnitude {draw.number(draw.largest(da_next))}.",
            "at tanh. Every entry of the gradient is multiplied by the slope",
            "at sum. An addition passes the gradient on",
            "Your line: dba = dz.sum(axis=1, keepdims=True).",
            "Your line: dWaa = dz @ cache.a_prev.T;  da_prev = Waa @ dz. dWaa (5, 5)",
        ],
        1,
    ):
        walk.press("Next")
        assert f"Step {step} of 10" in walk.told(words)
        assert ("da_prev not exact yet" in walk.texts()) == (step == 5)
    assert "da_prev not exact yet." in walk.words
    learner.look("wrong", cell)
    dz = exact.rnn_cell_dz(da_next, cache)
    walk.slide("step", "ArrowLeft", 3)
    walk.told("Your line: dz = da_next * (1 - cache.a_next ** 2).")
    walk.told(f"dz (5, 4): largest magnitude {draw.number(draw.largest(dz))}.")
    for step in (10, 1, 3):
        walk.picture.locator(".touch").nth(step - 1).click()
        walk.told(f"Step {step} of 10")
    walk.press("Back")
    walk.told("Step 2 of 10")
    walk.slide("step", "Home")
    walk.press("Play")
    walk.told("Step 2 of 10")
    walk.slide("step", "End")
    walk.told("Step 10 of 10, at xt.")
    assert walk.host.bounding_box()["height"] == height
    learner.go_dark()
    learner.look("dark", cell)


def test_cell_walk_before_the_exercise_is_solved(learner):
    stub = 'def rnn_cell_backward(da_next, cache):\n    raise NotImplementedError("rnn_cell_backward is not there")'
    walk = drawn(learner, "unwritten_walk", START, stub, CELL)
    walk.told("rnn_cell_backward is not there. So these are the exact gradients.")
    walk.press("Next")
    walk.told("da_next (5, 4)")
    learner.look("start", learner.code_cells[-1])
    assert "application/vnd.jupyter.stderr" not in learner.kinds(learner.code_cells[-1])
