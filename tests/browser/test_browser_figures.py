"""Every state of every picture that the browser draws, read from a bare page: no notebook, no kernel, no network."""

from collections import Counter
from itertools import product
from types import SimpleNamespace

import pytest
from contrast import ENOUGH, contrasts
from drawn import Drawn

from bptt import inputs, widgets
from bptt.viz import style
from bptt.viz.figures.small_graph import COLUMN, PAGE
from bptt.viz.sheet import Circle, Text

SIZES = {"n_x": 1, "n_a": 1, "n_y": 2, "m": 1, "T_x": 4}
FIGURES = {
    "small_walk": widgets.small_walk,
    "two_roads": lambda: widgets.two_roads(*inputs.rnn(seed=5, **SIZES)),
    "two_roads, LSTM": lambda: widgets.two_roads(*inputs.lstm(seed=5, **SIZES)),
    "tree_or_graph": widgets.tree_or_graph,
    "cell_walk, RNN": lambda: widgets.cell_walk(None, *inputs.rnn_cell(seed=4)),
    "cell_walk, LSTM": lambda: widgets.cell_walk(None, *inputs.lstm_cell(seed=4)),
    "dream": lambda: widgets.dream(
        ["a", "dull", "plot"],
        [["a", "dull", "plot"]] * 5 + [["a", "witty", "journey"]] * 5,
        [k / 10 for k in range(10)],
    ),
}
PHONE, LAPTOP = {"width": 270, "height": 800}, {"width": 1000, "height": 768}
MOST = 620
"""CSS pixels of height that a laptop of 1366x768 shows of a notebook."""

_SET = """([i, value]) => {
  const input = document.querySelector("[data-bptt]").shadowRoot.querySelectorAll("input")[i];
  if (input.type === "checkbox") { input.checked = Boolean(value); input.dispatchEvent(new Event("change")); }
  else { input.value = value; input.dispatchEvent(new Event("input")); }
}"""
_READ = """() => {
  const root = document.querySelector("[data-bptt]").shadowRoot;
  const texts = [...root.querySelectorAll("svg text")].map((text) => text.textContent);
  return [root.querySelector("[role=status]").textContent, texts];
}"""


@pytest.fixture(scope="module")
def offline(browser):
    """Open a page that may not reach anything but itself."""
    with browser.new_page() as page:
        page.set_default_timeout(10_000)
        page.route("**/*", lambda route: route.abort() if route.request.url.startswith("http") else route.continue_())
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        yield page


@pytest.fixture
def page(offline):
    """Clear that page: a window with nothing in it."""
    offline.goto("about:blank")
    offline.errors = []
    yield offline
    assert not offline.errors


@pytest.fixture(params=FIGURES)
def shown(request, page):
    """Show a figure on a bare page, as wide as a notebook's column on a laptop."""
    figure = FIGURES[request.param]()
    return show(page, figure)


def show(page, figure, size=LAPTOP):
    page.set_viewport_size(size)
    page.set_content(f"<!doctype html><meta charset=utf-8><body>{figure.page()}")
    return SimpleNamespace(page=page, figure=figure, drawn=Drawn(page))


def states(figure):
    """Yield all states of a figure, by index of each control's value, each slider's first, last and middle ones."""
    names = list(figure.controls)
    some = []
    for control in figure.controls.values():
        count = len(control.values)
        # Each step of a walk, but of two sliders over many numbers not every pair.
        some.append(range(count) if control.kind != "slider" or count <= 8 else (0, count // 3, count - 1))
    for values in product(*some):
        at = dict(zip(names, values, strict=True))
        limits = ((at[name], control.limit) for name, control in figure.controls.items() if control.limit)
        if all(value < limit[1][at[limit[0]]] for value, limit in limits):
            yield at


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("name", FIGURES)
def test_every_state_shows_and_says_what_python_computed(page, name, size):
    figure = FIGURES[name]()
    show(page, figure, size)
    narrow = size is PHONE
    read = 0
    for at in states(figure):
        for i, value in enumerate(at.values()):
            page.evaluate(_SET, [i, value])
        words, texts = page.evaluate(_READ)
        values = {key: figure.controls[key].values[i] for key, i in at.items()}
        shapes = figure.shapes(narrow=narrow, **values)
        written = [line for shape in shapes if isinstance(shape, Text) for line in shape.words.split("\n")]
        assert words == figure.words(**values).replace("`", "")
        assert not Counter(written) - Counter(texts)
        read += 1
    assert read >= 10


@pytest.mark.parametrize("name", FIGURES)
def test_fits_a_laptop_and_a_phone(page, name):
    """With its controls and words, at its last state, and nothing sideways; on a phone no text is tiny."""
    shown = show(page, FIGURES[name]())
    controls = list(shown.figure.controls.values())
    for i, control in enumerate(controls):
        page.evaluate(_SET, [i, len(control.values) - 1])
    assert shown.drawn.host.bounding_box()["height"] <= MOST
    page.set_viewport_size(PHONE)
    page.wait_for_function("() => document.querySelector('[data-bptt]').clientWidth < 300")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    sizes = shown.drawn.picture.evaluate(
        "svg => [...svg.querySelectorAll('text')].map(t => parseFloat(getComputedStyle(t).fontSize) * svg.clientWidth /"
        " svg.viewBox.baseVal.width)"
    )
    assert min(sizes) > 10.9


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_geometry_and_colours_are_those_of_python(page, dark):
    """Nodes stand where the layout says, in the palette's colours of the page's theme."""
    shown = show(page, widgets.small_walk())
    if dark:
        page.evaluate("document.body.style.color = '#eee'")
        page.wait_for_function(
            "ink => document.querySelector('[data-bptt]').shadowRoot.querySelector('h4').parentElement.style.cssText"
            ".includes(ink)",
            arg=style.PALETTE["ink"].dark,
        )
    for size, layout in ((LAPTOP, PAGE), (PHONE, COLUMN)):
        page.set_viewport_size(size)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = shown.drawn.picture.evaluate(
            "svg => [...svg.querySelectorAll('circle')]"
            ".map(c => [c.cx.baseVal.value, c.cy.baseVal.value, c.getAttribute('fill')])"
        )
        box = style.PALETTE["box"][dark]
        assert sorted(found) == sorted([*at, box] for name, at in layout.nodes.items() if name in {"+", "×"})


def test_text_can_be_read_in_both_themes(shown):
    """Of heading, controls and words: the contrast of what is on the card."""
    page = shown.page
    for colour in ("#111", "#eee"):
        page.evaluate(f"document.body.style.color = '{colour}'")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = contrasts(shown.drawn.host.locator(".card"))
        assert len(found) > 5
        assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}


@pytest.mark.parametrize("first", [style.PALETTE["paper"], style.PALETTE["box"], style.PALETTE["marker-pale"]])
@pytest.mark.parametrize("dark", [False, True])
def test_inks_of_the_pictures_can_be_read(first, dark):
    """Every colour that text is written in, on every ground that it is written on."""

    def luminance(colour):
        channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    inks = ("ink", "muted", "loss-path", "time-path-text", "memory-path-text", "sum", "value")
    for ink in inks:
        low, high = sorted(luminance(colour[dark]) for colour in (style.PALETTE[ink], first))
        assert (high + 0.05) / (low + 0.05) >= ENOUGH, ink


def test_click_drag_and_keys(page):
    """In the small walk: a node that is clicked is gone to, and keys move the slider that has the focus."""
    shown = show(page, widgets.small_walk())
    drawn = shown.drawn
    for _ in range(2):
        area = drawn.picture.locator("rect.touch").nth(1).bounding_box()
        page.mouse.click(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
        drawn.told("Step 2 of 4")
    drawn.slide("x", "End")
    drawn.told("dx_product = 6")
    drawn.slide("step", "ArrowRight", 9)
    drawn.told("Step 4 of 4")
    drawn.press("Play")
    drawn.told("Step 1 of 4")
    drawn.press("Pause")
    drawn.press("Back")
    drawn.told("Step 0 of 4")
    assert drawn.host.get_by_role("button", name="Back").is_disabled()


def test_keys_of_the_figure_do_not_reach_the_page(page):
    """Those that move a control; others do, such as Ctrl+S, and all of them when the figure is left or gone."""
    shown = show(page, widgets.small_walk())
    page.evaluate("window.heard = []; document.addEventListener('keydown', (e) => window.heard.push(e.key), true)")
    shown.drawn.slide("step", "ArrowRight")
    shown.drawn.told("Step 1 of 4")
    page.keyboard.press("Control+s")
    assert page.evaluate("window.heard") == ["Control", "s"]
    page.evaluate("document.querySelector('[data-bptt]').shadowRoot.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    shown.drawn.slide("step", "ArrowRight")
    page.evaluate("document.querySelector('[data-bptt]').remove()")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("window.heard") == ["Control", "s", "ArrowRight", "ArrowLeft"]


def test_off_the_page_and_back_it_is_alive(page):
    """As notebooks do with what is scrolled away: theme, layout and keys follow again."""
    shown = show(page, widgets.small_walk())
    page.evaluate("window.host = document.querySelector('[data-bptt]'); window.host.remove()")
    page.evaluate("document.body.style.color = '#eee'")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate("document.body.append(window.host)")
    for colour, dark in (("#eee", True), ("#111", False)):
        page.evaluate(f"document.body.style.color = '{colour}'")
        page.wait_for_function(
            "paper => window.host.shadowRoot.querySelector('.card').style.getPropertyValue('--paper') === paper",
            arg=style.PALETTE["paper"][dark],
        )
    shown.drawn.slide("step", "ArrowRight")
    shown.drawn.told("Step 1 of 4")


def test_nothing_of_it_is_left_when_it_goes(page):
    """Neither in the window nor in what tells of themes: a cell that is run twenty times leaves nothing behind."""
    page.set_viewport_size(LAPTOP)
    page.set_content(
        """<!doctype html><body><script>
        window.listening = new Set();
        for (const kind of [Window, MediaQueryList])
          for (const [name, change] of [["addEventListener", "add"], ["removeEventListener", "delete"]]) {
            const method = EventTarget.prototype[name];
            kind.prototype[name] = function (...given) { listening[change](given[1]); method.apply(this, given); };
          }
        const observe = MutationObserver.prototype.observe, stop = MutationObserver.prototype.disconnect;
        window.observing = new Set();
        MutationObserver.prototype.observe = function (...given) { observing.add(this); observe.apply(this, given); };
        MutationObserver.prototype.disconnect = function () { observing.delete(this); stop.apply(this); };
        </script><main></main>"""
    )
    page.evaluate(
        "html => document.querySelector('main').append(document.createRange().createContextualFragment(html))",
        widgets.small_walk().page(),
    )
    drawn = Drawn(page)
    drawn.slide("step", "ArrowRight")
    drawn.told("Step 1 of 4")
    assert page.evaluate("[listening.size, observing.size]") == [2, 1]
    page.evaluate("document.querySelector('[data-bptt]').shadowRoot.activeElement.blur()")
    page.evaluate("document.querySelector('[data-bptt]').remove()")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("[listening.size, observing.size]") == [0, 0]


def test_the_still_picture_is_hidden(page):
    shown = show(page, widgets.small_walk())
    assert not page.locator("img").is_visible()
    assert shown.drawn.picture.is_visible()


def test_hostile_text_is_shown_as_text(page):
    """A message of a learner's function that would be a script and a picture, if it were HTML."""

    def rnn_cell_backward(da_next, cache):
        raise ValueError("</script><script>window.bad = 1</script><img src=x onerror='window.bad = 2'>")

    shown = show(page, widgets.cell_walk(rnn_cell_backward, *inputs.rnn_cell(seed=4)))
    shown.drawn.told("</script><script>window.bad = 1")
    assert page.evaluate("window.bad") is None
    assert shown.drawn.host.locator("img").count() == 1


def test_without_scripts_still_picture_and_words_are_there(browser):
    """As in a notebook that is not trusted."""
    context = browser.browser.new_context(java_script_enabled=False)
    with context.new_page() as page:
        page.set_content(widgets.small_walk().page())
        assert page.get_by_text("Step 4 of 4, at x.").is_visible()
        assert page.locator("img").is_visible()
    context.close()


def test_circles_are_in_the_picture(shown):
    """The light of a step: what is on the sheet is in the picture, shape by shape."""
    circles = [shape for shape in shown.figure.shapes() if isinstance(shape, Circle)]
    assert shown.drawn.picture.locator("circle").count() >= len({shape.at for shape in circles})
