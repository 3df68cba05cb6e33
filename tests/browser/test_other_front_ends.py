"""What a widget leaves in a cell, in imitations of how front ends other than JupyterLab put outputs on their pages.

The real ones need accounts, networks or programs that are not here. VS Code's nesting, and how it runs an output's
scripts, are as in its sources; those of Colab and of classic Notebook as far as pages that they made show them.
"""

import html
import re
from base64 import b64encode
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from bptt import widgets

# Colab has all outputs of a cell in one frame.
FRONT_ENDS = {
    "Colab": {
        "cell": '<div id="output-area"><span id="output-header"></span><div id="output-body"></div></div>',
        "outputs": "#output-body",
        "html": '<div class="display_data output-id-1"><div class="output_subarea output_html"></div></div>',
        "widget": '<div class="display_data output-id-2"><div class="output_subarea output_widget_view"></div></div>',
        "script": "replaced",
    },
    "VS Code": {
        "cell": '<div id="container"><div tabindex="0"></div><div class="cell_container" style="position: absolute; '
        'width: 100%"></div><div tabindex="0"></div></div>',
        "outputs": ".cell_container",
        "html": '<div class="output_container" style="position: absolute; overflow: hidden; width: 100%"><div '
        'class="output" style="position: absolute; padding: 0 8px; width: 100%"><div></div></div></div>',
        "widget": '<div class="output_container" style="position: absolute; overflow: hidden; width: 100%"><div '
        'class="output cell-output-ipywidget" style="position: absolute; padding: 0 8px; width: 100%"></div></div>',
        "script": "added for a moment",
    },
    "classic Notebook": {
        "cell": '<div class="cell code_cell"><div class="input">widgets.nudge(square)</div><div class="output_wrapper">'
        '<div class="out_prompt_overlay prompt"></div><div class="output"></div></div></div>',
        "outputs": ".output",
        "html": '<div class="output_area"><div class="run_this_cell"></div><div class="prompt"></div><div '
        'class="output_subarea output_html rendered_html"></div></div>',
        "widget": '<div class="output_area"><div class="run_this_cell"></div><div class="prompt"></div><div '
        'class="output_subarea output_widget_view"></div></div>',
        "script": "in the head",
    },
    "no wrappers": {"cell": "<main></main>", "outputs": "main", "html": "", "widget": "", "script": "replaced"},
}
DISCONNECTED = "jupyter-widgets-disconnected"

_PUT = """([about, kind, content, place]) => {
  const outputs = document.querySelector(about.outputs);
  const holder = document.createElement("template");
  holder.innerHTML = about[kind] || "<div></div>";
  const output = holder.content.firstChild;
  // The first output of all is number 0; a number that is there already is written anew, as an update does.
  const before = [...outputs.children].find((each) => Number(each.dataset.place) >= place);
  const old = before && Number(before.dataset.place) === place ? before : null;
  output.dataset.place = place;
  let inner = output;
  while (inner.lastElementChild) inner = inner.lastElementChild;
  inner.innerHTML = content;
  if (old) { old.firstElementChild ? old.replaceChildren(...output.childNodes) : old.replaceWith(output); }
  else if (about.script === "added for a moment") outputs.append(output);
  else outputs.insertBefore(output, before ?? null);
  for (const script of (old?.isConnected ? old : inner).querySelectorAll("script")) {
    const copy = document.createElement("script");
    copy.text = script.textContent;
    if (about.script === "replaced") script.replaceWith(copy);
    else { (about.script === "in the head" ? document.head : inner).append(copy); copy.remove(); }
  }
  // VS Code puts each output at its height itself.
  const layout = () => {
    let top = 0;
    for (const each of [...outputs.children].sort((a, b) => a.dataset.place - b.dataset.place)) {
      const height = each.firstElementChild?.offsetHeight ?? 0;
      each.style.top = `${top}px`;
      each.style.height = each.style.maxHeight = `${height}px`;
      top += height;
    }
  };
  if (about.outputs === ".cell_container") {
    outputs.sizes ??= new ResizeObserver(layout);
    outputs.sizes.observe((old ?? output).firstElementChild);
  }
}"""


_SEEN = """() => {
  const found = [...document.querySelectorAll("img, [data-bptt]")];
  const all = found.map((each) => each.shadowRoot?.querySelector("svg") ?? each);
  return all.filter((picture) => {
    picture.scrollIntoView({ block: "center" });
    const { left, top, width, height } = picture.getBoundingClientRect();
    return picture.getRootNode().elementsFromPoint(left + width / 2, top + height / 2).includes(picture);
  }).map((picture) => picture.matches("svg") ? "drawn" : picture.matches(".bptt-live img") ? "live" : "still");
}"""
"""What of the pictures a reader can see: not those that another element hides or cuts off."""


@pytest.fixture(scope="module")
def outputs():
    """Make what Python displays for a widget with a kernel: its still picture, and its view as ipywidgets draws it."""
    InteractiveShell.instance()
    made = []
    for square in (lambda x: x**2, lambda x: x**3):
        figure = widgets.nudge(square)
        with capture_output() as captured:
            figure._ipython_display_()
        still, view = captured.outputs
        assert "application/vnd.jupyter.widget-view+json" in view.data
        png = b64encode(figure.frame.png).decode()
        classes = " ".join(("lm-Widget", "jupyter-widgets", "widget-box", "widget-vbox", *figure.box._dom_classes))
        live = (
            f'<div class="{classes}"><div class="widget-hbox"><input type="range"></div>'
            f'<img class="widget-image" src="data:image/png;base64,{png}" width="700"><div class="widget-html-content">'
            f'<p role="status">{html.escape(figure.words)}</p></div></div>'
        )
        made.append((still.data["text/html"], live, view.data["text/html"]))
    with capture_output() as captured:
        widgets.small_walk()._ipython_display_()
    (drawn,) = captured.outputs
    return [*made, drawn.data["text/html"]]


class Cell:
    """A cell of a notebook, in a front end."""

    def __init__(self, page, name):
        self.page, self._about, self.outputs = page, FRONT_ENDS[name], FRONT_ENDS[name]["outputs"]
        self.open()

    def open(self):
        """Show it without outputs."""
        self.page.set_content(f"<!doctype html><meta charset=utf-8><body>{self._about['cell']}")

    def put(self, kind, content, place):
        """Put an output at its place, or in the place of the one that is there."""
        self.page.evaluate(_PUT, [self._about, kind, content, place])

    def settle(self):
        """Let the page draw what has changed."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def seen(self):
        """Return which pictures can be seen: the widget, its still picture, or one that the browser has drawn."""
        self.settle()
        return self.page.evaluate(_SEEN)


@pytest.fixture(scope="module")
def pages(browser):
    """Open one page for all."""
    with browser.new_page() as page:
        page.set_default_timeout(10_000)
        page.route("**/*", lambda route: route.abort())
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
        yield page


@pytest.fixture
def page(pages):
    """Look at the page, which says of no error."""
    yield pages
    assert pages.errors == []


@pytest.fixture(params=FRONT_ENDS)
def cell(request, page):
    """Open a cell in a front end."""
    return Cell(page, request.param)


def set_live(cell, live):
    """Let the kernel go, or come again, as ipywidgets 8 marks it."""
    cell.page.eval_on_selector_all(
        ".bptt-live", f"(all, live) => all.forEach((one) => one.classList.toggle('{DISCONNECTED}', !live))", live
    )


@pytest.mark.parametrize("first", ["still", "widget"])
def test_one_picture_is_seen_whichever_output_comes_first(cell, outputs, first):
    """And when the kernel is gone, the still one; when it is there again, the live one."""
    still, live, _ = outputs[0]
    puts = [("html", still, 1), ("widget", live, 2)]
    cell.put("html", "<pre>printed above</pre>", 0)
    for put in puts if first == "still" else reversed(puts):
        cell.put(*put)
        assert cell.seen() == ["still" if put[0] == "html" and first == "still" else "live"]
    cell.put("html", "<pre>printed below</pre>", 3)
    assert cell.seen() == ["live"]
    set_live(cell, live=False)
    assert cell.seen() == ["still"]
    set_live(cell, live=True)
    assert cell.seen() == ["live"]
    cell.page.eval_on_selector(".bptt-live", "one => one.remove()")
    assert cell.seen() == ["still"]
    for words in ("printed above", "printed below"):
        assert cell.page.get_by_text(words).is_visible()


def test_the_live_picture_stands_where_the_still_one_was(cell, outputs):
    """No gap is left above it; a picture of the page is kept."""
    still, live, _ = outputs[0]
    cell.put("html", still, 0)
    cell.settle()
    top = cell.page.locator("[data-bptt-of]").bounding_box()["y"]
    cell.page.screenshot(path=shot(cell, "still"))
    cell.put("widget", live, 1)
    assert cell.seen() == ["live"]
    cell.page.screenshot(path=shot(cell, "live"))
    assert abs(cell.page.locator(".bptt-live").bounding_box()["y"] - top) < 25


def shot(cell, what):
    name = next(name for name, about in FRONT_ENDS.items() if about is cell._about)
    folder = Path(__file__).parents[2] / "build/screenshots/other front ends"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}-{what}.png"


def test_a_still_picture_that_is_renewed_stays_hidden_while_the_widget_lives(cell, outputs):
    """As after a training."""
    still, live, _ = outputs[0]
    cell.put("html", still, 0)
    cell.put("widget", live, 1)
    for _ in range(2):
        cell.put("html", still, 0)
        assert cell.seen() == ["live"]
    set_live(cell, live=False)
    assert cell.seen() == ["still"]
    cell.put("html", still, 0)
    assert cell.seen() == ["still"]


def test_a_still_picture_that_is_gone_is_forgotten(cell, outputs):
    """With or without a widget, the page keeps nothing of a cell that was run again."""
    still, live, _ = outputs[0]
    cell.page.evaluate(
        """() => {
          window.watching ??= (window.kind = MutationObserver, new Set());
          window.watching.clear();
          window.MutationObserver = class extends window.kind {
            observe(target, options) { super.observe(target, options); window.watching.add([this, target]); }
            disconnect() {
              super.disconnect();
              for (const pair of window.watching) if (pair[0] === this) window.watching.delete(pair);
            }
          };
        }"""
    )
    watching = "[...window.watching].filter(([, target]) => target.isConnected).length"
    for contents in ([("html", still, 0)], [("html", still, 0), ("widget", live, 1)]):
        for content in contents:
            cell.put(*content)
        cell.settle()
        assert cell.page.evaluate(watching) == 3
        # Without a widget, folded away first, so that its size tells nothing.
        for script in ("style.display = 'none'", "remove()")[len(contents) - 1 :]:
            cell.page.evaluate(f"document.querySelector('{cell.outputs}').{script}")
            cell.settle()
        assert cell.page.evaluate(watching) == 0
        cell.open()


def test_two_widgets_in_one_cell_have_a_picture_each(cell, outputs):
    for at, (still, live, _) in enumerate(outputs[:2]):
        cell.put("html", still, 2 * at)
        cell.put("widget", live, 2 * at + 1)
    assert cell.seen() == ["live", "live"]
    cell.page.locator(".bptt-live").first.evaluate(f"one => one.classList.add('{DISCONNECTED}')")
    assert cell.seen() == ["still", "live"]


@pytest.mark.parametrize("message", ["Loading widget...", "Error displaying widget: model not found"])
def test_without_a_kernel_the_still_picture_alone_is_seen(cell, outputs, message):
    """Not what ipywidgets says then; nor is anything else hidden."""
    still, live, nothing = outputs[0]
    cell.put("html", still, 0)
    cell.put("html", nothing, 1)
    cell.put("html", "<pre>printed</pre>", 2)
    assert cell.seen() == ["still"]
    cell.put("widget", message, 1)
    cell.page.evaluate("document.body.className = 'changed'")
    assert cell.seen() == ["still"]
    assert not cell.page.get_by_text(message).is_visible()
    assert cell.page.get_by_text("printed", exact=True).is_visible()
    assert cell.page.get_by_text("In the notebook, run this cell to move the picture.").is_visible()
    cell.put("widget", live, 1)
    assert cell.seen() == ["live"]


def test_a_picture_that_the_browser_draws_is_seen_once(cell, outputs):
    cell.put("html", outputs[-1], 0)
    cell.put("html", outputs[-1], 1)
    assert cell.seen() == ["drawn", "drawn"]


@pytest.mark.parametrize("kind", ["still", "live"])
def test_pictures_are_dark_where_the_page_is(cell, outputs, kind):
    """Colab marks the html element, VS Code the body."""
    still, live, _ = outputs[0]
    cell.page.add_style_tag(content="html[theme=dark], body.vscode-dark { color: #ddd; background: #222 }")
    cell.put("html", still, 0)
    if kind == "live":
        cell.put("widget", live, 1)
    dark = f"'{kind}' === 'live' ? '.bptt-live img' : '[data-bptt-of] img'"
    for mark, unmark in (
        ("document.documentElement.setAttribute('theme', 'dark')", "document.documentElement.removeAttribute('theme')"),
        ("document.body.classList.add('vscode-dark')", "document.body.classList.remove('vscode-dark')"),
    ):
        for script, filtered in ((mark, True), (unmark, False)):
            cell.page.evaluate(script)
            assert cell.seen() == [kind]
            assert bool(cell.page.evaluate(f"document.querySelector({dark}).style.filter")) is filtered


def seen_in_frames(page, *contents):
    """Return how many pictures are seen in each of some frames, which know nothing of each other."""
    page.set_content(
        "".join(
            f'<iframe sandbox="allow-scripts" width="900" height="500" srcdoc="{html.escape(each)}"></iframe>'
            for each in contents
        )
    )
    for frame in page.frames[1:]:
        frame.wait_for_load_state()
    return [frame.locator("img:visible, svg[role=img]:visible").count() for frame in page.frames[1:]]


def test_all_outputs_in_one_frame(page, outputs):
    """As in Colab; and as on a page that is read from the top to the end with its scripts."""
    still, live, _ = outputs[0]
    assert seen_in_frames(page, still + live, live + still, outputs[-1]) == [1, 1, 1]


def test_each_output_in_a_frame_of_its_own(page, outputs):
    """There a still picture and its widget cannot know of each other: both are seen, and nothing breaks."""
    still, live, _ = outputs[0]
    assert seen_in_frames(page, still, live, outputs[-1]) == [1, 1, 1]


@pytest.mark.parametrize("which", [0, -1])
def test_where_no_script_runs_the_still_picture_is_there_with_words(browser, outputs, which):
    """As on GitHub, and in a notebook that is not trusted: no names and no styles are left either."""
    content = outputs[which] if which else outputs[which][0]
    content = re.sub(r"<script>.*?</script>| (data-|class=|style=)[^ >]*", "", content, flags=re.DOTALL)
    context = browser.browser.new_context(java_script_enabled=False)
    with context.new_page() as page:
        page.set_content(content)
        assert page.locator("img:visible").count() == 1
        assert page.get_by_text("In the notebook, run this cell to move the picture.").is_visible()
    context.close()
