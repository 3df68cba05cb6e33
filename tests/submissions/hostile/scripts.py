"""Scripts: programs for the browser of whoever reads the feedback. They come out as text, or not at all."""

from functools import partial
from html.parser import HTMLParser

from nbformat.v4 import new_markdown_cell

from submissions.hostile.attack import EVERYTHING, NOTHING, Attack, cell

MARK = "window.stolen"
"""In no page may this stand where a browser would run it."""
SCRIPT = f"<script>{MARK}=1</script><img src=x onerror='{MARK}=2'>"
solved = partial(Attack, family="scripts")
unsolved = partial(Attack, family="scripts", fair=NOTHING)
NAMES = ("rnn_cell_dz", "rnn_cell_inputs_backward", "rnn_cell_parameters_backward", "rnn_cell_backward")


def runs_in(page: str) -> bool:
    """Tell whether a browser that shows a page would run one of these programs."""
    reader = _Browser()
    reader.feed(page)
    return reader.ran


class _Browser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ran = False
        self._in_script = False

    def handle_starttag(self, tag, attrs):
        self._in_script = tag == "script"
        for name, value in attrs:
            runs = name.startswith("on") or name == "srcdoc" or (value or "").strip().lower().startswith("javascript:")
            self.ran |= runs and MARK in (value or "")

    def handle_endtag(self, tag):
        self._in_script = False

    def handle_data(self, data):
        self.ran |= self._in_script and MARK in data


def in_text(notebook):
    for at, source in enumerate(
        (
            SCRIPT,
            f"[a link](javascript:{MARK}=3)",
            f'<a href="java&#115;cript:{MARK}=4">x</a> <iframe srcdoc="{SCRIPT}"></iframe>',
            f"<svg onload={MARK}=5></svg> <style onload={MARK}=6></style>",
        )
    ):
        notebook.cells.insert(1, new_markdown_cell(source, id=f"text-{at}"))
    return notebook


def in_the_answer(notebook):
    cell(notebook, "explain-reuse").source = f"Because. {SCRIPT}"
    return notebook


def in_an_attachment(notebook):
    notebook.cells.insert(
        1,
        new_markdown_cell(
            "![a](attachment:a.svg)",
            id="attached",
            attachments={"a.svg": {"image/svg+xml": f"<svg onload={MARK}=1 />"}},
        ),
    )
    return notebook


def in_metadata(notebook):
    notebook.metadata["title"] = f"</title>{SCRIPT}"
    notebook.metadata["authors"] = [{"name": SCRIPT}]
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": SCRIPT, "mimetype": SCRIPT}
    for each in notebook.cells:
        each.metadata["tags"] = [f"'>{SCRIPT}"]
        each.metadata["jupyter"] = {"source_hidden": SCRIPT}
    return notebook


def in_a_cell_id(notebook):
    notebook.cells[0].id = "x'onload='window.stolen=1"
    return notebook


SCRIPTS = (
    solved("page-text", tries="in text cells", then=in_text),
    solved("page-answer", tries="in the answer that a person reads", then=in_the_answer),
    solved("page-attachment", tries="in an attachment", then=in_an_attachment),
    solved("page-metadata", tries="in metadata", then=in_metadata),
    solved("page-cell-id", tries="in a cell's id", then=in_a_cell_id),
    solved(
        "page-output",
        tries="in outputs of every kind",
        first="from IPython.display import display\n"
        f"page = {SCRIPT!r}\n"
        "for kind in ('text/html', 'image/svg+xml', 'text/markdown', 'text/latex', 'application/javascript',\n"
        "             'application/vnd.jupyter.widget-view+json', 'image/png', 'text/plain'):\n"
        "    display({kind: page}, raw=True)\n"
        "print(page)\n"
        "print('\\x1b]8;;javascript:window.stolen=1\\x07link\\x1b]8;;\\x07', '\\x1b[31m' + page)",
    ),
    unsolved(
        "page-error", tries="in the message of an error", writes=dict.fromkeys(NAMES, f"raise ValueError({SCRIPT!r})")
    ),
    unsolved(
        "page-error-name",
        tries="in the name of an error",
        writes=dict.fromkeys(NAMES, f"raise type({SCRIPT!r}, (Exception,), {{}})()"),
    ),
    solved(
        "page-warning",
        tries="in warnings and prints",
        writes={
            "rnn_cell_dz": f"import warnings\nwarnings.warn({SCRIPT!r})\nprint({SCRIPT!r})\n"
            "return da_next * (1 - cache.a_next**2)"
        },
        fair=EVERYTHING,
    ),
    unsolved("page-keys", tries="in the names of gradients", writes=dict.fromkeys(NAMES, f"return {{{SCRIPT!r}: 1}}")),
)
