"""What a learner does in JupyterLab, and sees there."""

import re
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, expect

TIMEOUT = 120_000
"""Milliseconds that one step of a learner may take, however busy the machine: one that passes never waits for it."""
LESSON_TIMEOUT = 300_000
"""Milliseconds after which a whole lesson hangs, on however busy a machine."""

STUB = """\
    # Your code goes here, in place of the line below.
    raise NotImplementedError("{} is still to be written")"""
DONE = re.compile(r"^\[\d+\]:$")
WAITING = "[*]:"

# What the page shows says idle before there is a kernel, too, and what is run then never runs.
_KERNEL_READY = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
# As a click in the list of files does. What the learner before has left open is closed, and never saved.
_CLOSE = """() => {
  for (const widget of [...(window.jupyterapp?.shell.widgets("main") ?? [])]) {
    if (widget.context) widget.context.model.dirty = false;
    widget.dispose();
  }
}"""
_OPEN = "(path) => window.jupyterapp.commands.execute('docmanager:open', { path }).then(() => null)"
_WATCH_RESTART = """() => {
  window.restarted = false;
  window.jupyterapp.shell.currentWidget.sessionContext.statusChanged.connect((_, status) => {
    window.restarted ||= status.endsWith("restarting");
  });
}"""


class Learner:
    """A learner at work in one browser tab. Cells go by their ids, which for exercises are their ``grade_id``."""

    def __init__(self, page: Page, url: str, token: str, folder: Path, screenshots: Path) -> None:
        self.page = page
        self._url = url
        self._token = token
        self._folder = folder
        self._screenshots = screenshots
        self._ids: list[str] = []
        self.file = folder
        self.code_cells: list[str] = []
        page.set_default_timeout(TIMEOUT)
        expect.set_options(timeout=TIMEOUT)

    def open(self, lesson: str, app: str = "lab/tree") -> None:
        """Open a lesson, in JupyterLab unless told otherwise, and wait for its kernel."""
        self._screenshots /= lesson
        self.file = self._folder / lesson / f"{lesson}.ipynb"
        cells = nbformat.read(self.file, as_version=4).cells
        self._ids = [cell.id for cell in cells]
        self.code_cells = [cell.id for cell in cells if cell.cell_type == "code"]
        if app == "lab/tree" and self.page.evaluate(
            "Boolean(window.jupyterapp) && location.pathname.startsWith('/lab')"
        ):
            # To load all of JupyterLab again takes seconds.
            self.page.evaluate(_OPEN, f"{self._folder.name}/{self.file.relative_to(self._folder)}")
            self._ready()
        else:
            self.visit(app=app)

    def leave(self) -> None:
        """Close the notebook, and leave the page to the next learner as it was."""
        self.page.evaluate(_CLOSE)
        self.page.emulate_media(color_scheme="null")

    def visit(self, name: str = "", app: str = "lab/tree") -> None:
        """Go to the notebook that is open, or to another one of its folder with the same cells, as it is on disk."""
        file = self.file.with_stem(name or self.file.stem).relative_to(self._folder)
        self.page.goto(f"{self._url.replace('lab/tree', app)}/{file}?reset&token={self._token}")
        self._ready()

    def save(self) -> None:
        """Save the notebook."""
        # The file itself changes before all of it is written.
        with self.page.expect_response(lambda response: response.request.method == "PUT" and ".ipynb" in response.url):
            self.page.keyboard.press("ControlOrMeta+s")

    def reload(self) -> None:
        """Load the page again."""
        self.page.reload()
        self._ready()

    def restart_kernel(self) -> None:
        """Start the kernel again, so that it has forgotten all."""
        self.page.evaluate(_WATCH_RESTART)
        self._choose("Kernel", "Restart Kernel…")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.wait_for_function("window.restarted")
        self._ready()

    def _ready(self) -> None:
        # JupyterLab draws the cells further down when the processor is idle: on a busy machine, a few in a second.
        expect(self.page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(self._ids), timeout=LESSON_TIMEOUT)
        self.page.wait_for_function(_KERNEL_READY)

    def make(self, name: str, *cells: str) -> None:
        """Make a notebook of one's own, beside the lessons, with one cell for each piece of code."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
        # Without it, JupyterLab asks which kernel to take.
        notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        (self._folder / name).mkdir()
        nbformat.write(notebook, self._folder / name / f"{name}.ipynb")

    def cell(self, name: str) -> Locator:
        """Find a cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self._ids.index(name))

    def above(self, name: str) -> list[str]:
        """List the code cells above a cell."""
        return [other for other in self.code_cells if self._ids.index(other) < self._ids.index(name)]

    def output(self, name: str) -> Locator:
        """Find all that a cell shows below its code."""
        return self.cell(name).locator(".jp-OutputArea-output")

    def kinds(self, name: str) -> list[str]:
        """Tell what kinds of output a cell shows, in order."""
        return self.output(name).evaluate_all("outputs => outputs.map(o => o.dataset.mimeType)")

    def report(self, check: str) -> Locator:
        """Find the report of a check."""
        return self.output(check).get_by_role("status")

    def prompt(self, name: str) -> str:
        """Read what stands beside a code cell, such as ``[12]:``."""
        return self._prompt(name).text_content() or ""

    def source(self, name: str) -> str:
        """Read the code of a cell."""
        return "\n".join(self.cell(name).locator(".cm-line").all_text_contents())

    def write(self, exercise: str, code: str) -> None:
        """Type code in place of what says that an exercise is still to be written."""
        self.replace(exercise, STUB.format(exercise), code)

    def replace(self, name: str, old: str, new: str) -> None:
        """Type ``new`` over ``old``, some lines of a cell, and what stands below them again, line by line."""
        before = self.source(name)
        assert old in before, f"{name} has no\n{old}\nbut is\n{before}"
        below = before.partition(old)[2]
        old, new = old + below, new + below
        self.cell(name).locator(".cm-content").click()
        keyboard = self.page.keyboard
        keyboard.press("ControlOrMeta+End")
        for _ in old.splitlines()[1:]:
            keyboard.press("Shift+ArrowUp")
        keyboard.press("Shift+Home")
        first, *rest = new.splitlines()
        # Home goes to where the text of a line begins.
        keyboard.insert_text(first.lstrip())
        for line in rest:
            keyboard.press("Enter")
            # Takes the place of what the editor indents by itself.
            keyboard.press("Shift+Home")
            keyboard.insert_text(line)
        assert self.source(name) == before.removesuffix(old) + new

    def run(self, name: str) -> None:
        """Run one code cell and wait until it is done."""
        before = self.prompt(name)
        self.cell(name).locator(".jp-InputPrompt").click()
        self.page.keyboard.press("ControlOrMeta+Enter")
        expect(self._prompt(name)).not_to_have_text(before)
        expect(self._prompt(name)).to_have_text(DONE)

    def run_above(self, name: str) -> None:
        """Run all that stands above a cell."""
        self.cell(name).locator(".jp-InputPrompt").click()
        self._choose("Run", "Run All Above Selected Cell")
        expect(self._prompt(self.above(name)[-1])).to_have_text(DONE)

    def run_all(self) -> None:
        """Run the whole lesson, to its end or to the first error."""
        self._choose("Run", "Run All Cells")
        expect(self._prompt(self.code_cells[0])).to_have_text(DONE)
        expect(self.page.locator(".jp-InputPrompt", has_text=WAITING)).to_have_count(0, timeout=LESSON_TIMEOUT)

    def go_dark(self) -> None:
        """Work in JupyterLab's own dark theme from now on."""
        self.page.emulate_media(color_scheme="dark")
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")

    def go_light(self) -> None:
        """Work in JupyterLab's own light theme again."""
        self.page.emulate_media(color_scheme="light")
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", "true")

    def look(self, name: str, cell: str) -> None:
        """Scroll to a cell and keep a picture of the screen."""
        # Cells off the screen are not drawn and their height is a guess, so the first jump may miss.
        for _ in range(2):
            self.cell(cell).scroll_into_view_if_needed()
            self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        self._screenshots.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self._screenshots / f"{name}.png")

    def _prompt(self, name: str) -> Locator:
        return self.cell(name).locator(".jp-InputPrompt")

    def _choose(self, menu: str, entry: str) -> None:
        self.page.get_by_role("menubar").get_by_text(menu, exact=True).click()
        self.page.get_by_role("menu").get_by_text(entry, exact=True).click()
