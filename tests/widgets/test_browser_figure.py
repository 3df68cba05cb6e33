"""A picture that the browser draws: what it shows and says at each state travels whole and safely."""

import json
import re
from itertools import product

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from pictures import image

from bptt.viz import style
from bptt.widgets.browser_figure import (
    BrowserFigure,
    Layer,
    Number,
    Sentence,
    column_layout,
    page_layout,
    slider,
    slot,
    steps,
    switch,
)

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
LENGTHS = (1, 3, 6)


def draw(sheet, narrow, n, sign):
    sheet.text((120, 60), f"n is {n if sign else -n}")
    sheet.circle((60 + 20 * n, 100), 8, face=style.MARKER)
    sheet.touch((0, 0, 20, 20), n=2, sign=None)


def figure(words=HOSTILE):
    return BrowserFigure(
        "A number",
        "A number on a sheet.",
        controls={
            "length": slider("length", range(3)),
            "n": steps("n", 6, limit=("length", LENGTHS)),
            "sign": switch("positive"),
        },
        layouts=(page_layout(200), column_layout(150)),
        layers=[
            Layer(("n", "sign"), draw),
            Layer((), lambda sheet, narrow: sheet.text((120, 120), f"and {slot('twice')}")),
            Layer((), lambda sheet, narrow: sheet.cross((200, 50)), ("n", 2, 4)),
        ],
        sentences=[Sentence(("n",), lambda n: f"At {n}: `{words}`"), Sentence((), lambda: "Three!", ("n", 3, 3))],
        numbers={"twice": Number(("n",), lambda n: str(2 * n))},
        still={"n": 5},
    )


def states(data):
    """Yield the values of all controls, as far as they can be set together, by index."""
    for values in product(*(range(len(control["texts"])) for control in data["controls"])):
        limits = (control.get("limit") for control in data["controls"])
        if all(not limit or value < limit[1][values[limit[0]]] for value, limit in zip(values, limits, strict=True)):
            yield values


def decoded(data, rules, values):
    """Return the state of each rule that is seen."""
    for rule in rules:
        when = rule.get("when")
        if when is None or when[1] <= values[when[0]] <= when[2]:
            state = 0
            for i in rule["by"]:
                state = state * len(data["controls"][i]["texts"]) + values[i]
            yield rule, state


def whole(layout):
    """Return the shapes of a layout, each with its look."""
    for look, *own in layout["shapes"]:
        parts = iter(own)
        yield [next(parts) if part is None else part for part in layout["looks"][look]]


def text(rule, state):
    return rule["texts"][rule["which"][state]]


@pytest.mark.parametrize("narrow", [0, 1])
def test_every_state_travels_whole(narrow):
    """Changes from one state to the next, taken in order, give what each state shows when it is drawn alone."""
    live = figure()
    data = json.loads(json.dumps(live.data()))
    layout, names = data["layouts"][narrow], list(live.controls)
    shapes = list(whole(layout))
    seen = set()
    for values in states(data):
        shown = set()
        for layer, state in decoded(data, layout["layers"], values):
            here = set()
            for changes in layer["changes"][: state + 1]:
                here ^= set(changes)
            shown |= here
        written = [shapes[i][3] for i in sorted(shown) if shapes[i][0] == "t"]
        at = {name: live.controls[name].values[i] for name, i in zip(names, values, strict=True)}
        expected = [shape.words for shape in live.shapes(narrow=bool(narrow), **at) if hasattr(shape, "words")]
        twice = text(data["numbers"][slot("twice")], values[names.index("n")])
        filled = [words.replace(slot("twice"), twice) for words in written]
        assert sorted(filled) == sorted(expected)
        assert len(shown) == len(live.shapes(narrow=bool(narrow), **at))
        said = [text(rule, state) for rule, state in decoded(data, data["said"], values)]
        assert " ".join(said) == live.words(**at)
        seen.add(values)
    assert len(seen) == 2 * sum(LENGTHS)


def test_states_that_a_limit_rules_out_are_not_computed():
    live, made = figure(), []

    def told(length, n):
        made.append((length, n))
        return "told"

    live._sentences = [Sentence(("length", "n"), told)]
    live._layers = [Layer(("length", "n"), lambda sheet, narrow, length, n: made.append((length, n)))]
    live.data()
    assert set(made) == {(length, n) for length, most in enumerate(LENGTHS) for n in range(most)}


def test_texts_and_looks_travel_once():
    data = figure("same").data()
    assert data["numbers"][slot("twice")] == {"by": [1], "texts": ["0", "2", "4", "6", "8", "10"], "which": [*range(6)]}
    assert data["said"][1] == {"by": [], "when": [1, 3, 3], "texts": ["Three!"], "which": [0]}
    looks = data["layouts"][0]["looks"]
    assert [look[0] for look in looks].count("c") == 1
    assert len({json.dumps(look) for look in looks}) == len(looks)


def test_controls_that_are_not_there_are_refused():
    with pytest.raises(TypeError, match=r"no control m\. The controls are length, n, sign\."):
        figure().words(m=1)


def test_nothing_of_a_learner_can_become_html():
    """In the script there is no "<" of the data's own; without the script, text is escaped."""
    page = figure().page()
    before, script = page.split("<script>")
    assert page.count("<img") == 1
    assert page.count("</script>") == 1
    assert "&lt;img src=x" in before
    assert "\\u003cimg src=x" in script


def test_without_the_script_the_words_are_left():
    page = re.sub("<script>.*</script>", "", figure("words").page(), flags=re.DOTALL)
    assert "At 5: <code>words</code>" in page
    assert "In the notebook, run this cell to move the picture." in page


def test_the_same_figure_is_the_same_page():
    assert figure().page() == figure().page() != figure("others").page()


def test_the_still_picture_stands_in_the_figure_with_its_words():
    InteractiveShell.instance()
    with capture_output() as captured:
        figure()._ipython_display_()
    (page,) = captured.outputs
    assert image(page)[0].startswith(b"\x89PNG")
    assert image(page)[2] == f"At 5: {HOSTILE}" == page.data["text/plain"]
    assert "startAll(" in page.data["text/html"]


def test_colours_of_the_palette_alone():
    live = figure()
    live._layers = [Layer((), lambda sheet, narrow: sheet.dot((10, 10), 3, "#123456"))]
    with pytest.raises(KeyError, match="#123456"):
        live.page()


def test_every_colour_has_one_role():
    lights = [colour.light for colour in style.PALETTE.values()]
    assert len(lights) == len(set(lights))
    assert all(re.fullmatch("#[0-9A-F]{6}", shade) for colour in style.PALETTE.values() for shade in colour)


def test_an_exported_page_has_one_picture_and_the_script():
    source = "from bptt import widgets\nwidgets.small_walk()"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert page.count("<img ") == 1
    assert page.count("data-bptt=") == 2
    assert "widgets" not in notebook.metadata
    assert len(json.dumps(notebook.cells[0].outputs)) < 70_000
