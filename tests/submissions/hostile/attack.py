"""The generator: what a hostile submission is, and how it is made from the released notebook."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from submissions.course import fill
from submissions.entry import ASSIGNMENT, AUTO, Entry

NOTHING: tuple[str, ...] = ()
EVERYTHING = tuple(AUTO)
WRONG = {
    "rnn_cell_dz": "return np.zeros(da_next.shape)",
    "rnn_cell_inputs_backward": 'return {"dxt": np.zeros(cache.xt.shape), "da_prev": np.zeros(cache.a_prev.shape)}',
    "rnn_cell_parameters_backward": """\
return {name: np.zeros_like(cache.parameters[name[1:]]) for name in ("dWax", "dWaa", "dba")}
""",
    # Not made of the other three, which are exact ones while this one is judged.
    "rnn_cell_backward": """\
found = {"dxt": np.zeros(cache.xt.shape), "da_prev": np.zeros(cache.a_prev.shape)}
return found | {f"d{name}": np.zeros_like(cache.parameters[name]) for name in ("Wax", "Waa", "ba")}
""",
}
"""Solutions of the right form and without any right number."""


@dataclass(frozen=True)
class Attack:
    """One hostile or broken submission, what a fair grader gives for it, and what its row says.

    In all of its texts, words such as ``@port@`` stand for what only a run knows: see :class:`Canaries`.

    Attributes
    ----------
    student
        Id, which says what it is.
    family, tries
        What kind it is, and what it tries, in words.
    first
        A cell right after the imports.
    writes
        Lines for solution cells, as :class:`submissions.entry.Entry` has them; the others hold the model solution.
    blank
        Whether solution cells are as released.
    then
        What happens to the notebook after that: it returns a notebook, the bytes of a file, or None for no file.
    beside
        What else happens to the folder, given the folder and the words.
    fair
        The graded cells whose points the author deserves; that is all there is to win.
    status
        What the row says, or what it may say where that is a matter of luck, such as which limit is met first.
    says
        Some words of the reason.
    targets
        Expressions for what it reaches for by name, each of which has to have a value in a submission's kernel; see
        :func:`submissions.hostile.targets.innocent`.
    seen
        What its graded notebook shows if it has come as far as it can.
    assignment
        The lesson.
    """

    student: str
    family: str
    tries: str
    first: str = ""
    writes: Mapping[str, str] = field(default_factory=dict)
    blank: bool = False
    then: Callable[[NotebookNode], NotebookNode | bytes | None] = lambda notebook: notebook
    beside: Callable[[Path, Mapping[str, str]], None] = lambda _folder, _words: None
    fair: tuple[str, ...] = EVERYTHING
    status: str | tuple[str, ...] = "graded"
    says: str = ""
    targets: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    assignment: str = ASSIGNMENT

    def __post_init__(self) -> None:
        if self.blank and self.writes:
            raise ValueError(f"{self.student}: cells that are as released have no lines of its own")


def hand_in(course: Path, attack: Attack, words: Mapping[str, str]) -> None:
    """Write what an attacker hands in."""
    folder = course / "submitted" / attack.student / attack.assignment
    folder.mkdir(parents=True)
    notebook = fill(course, Entry(attack.student, "", "", attack.writes, attack.blank), attack.assignment)
    shorten(notebook)
    if attack.first:
        notebook.cells.insert(1, new_code_cell(attack.first, id="attack"))
    work = attack.then(notebook)
    if isinstance(work, NotebookNode):
        # Written as it is: nbformat would mend, or refuse, some of what is to be shown here.
        work = nbformat.v4.writes_json(work).encode("utf-8", "surrogatepass")
    if work is not None:
        unknown = {word.decode() for word in re.findall(rb"@([a-z]+)@", work)} - words.keys()
        if unknown:
            raise LookupError(f"{attack.student}: there is nothing by the name of {sorted(unknown)}")
        for word, means in words.items():
            work = work.replace(f"@{word}@".encode(), means.encode())
        (folder / f"{attack.assignment}.ipynb").write_bytes(work)
    attack.beside(folder, words)


def shorten(notebook: NotebookNode) -> None:
    """Keep the imports and what is graded: figures and examples only take time here."""
    imports = next(cell for cell in notebook.cells if cell.cell_type == "code")
    notebook.cells = [imports, *(cell for cell in notebook.cells if "nbgrader" in cell.metadata)]


def cell(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """Find a cell by its ``grade_id``."""
    for each in notebook.cells:
        if each.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            return each
    raise LookupError(f"no cell is called {grade_id}")


def tests(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that hold checks."""
    found = [each for each in notebook.cells if each.id.startswith("check-")]
    if not found:
        raise LookupError("no cell holds a check")
    return found


def swapped(text, old, new, count=-1):
    """Put something in the place of what has to be there; text or bytes."""
    if old not in text:
        raise LookupError(f"there is no {old!r}")
    return text.replace(old, new, count)


def ends_with(code: str) -> Callable[[NotebookNode], NotebookNode]:
    """Run code after the last graded cell: all has been earned by then."""

    def then(notebook: NotebookNode) -> NotebookNode:
        notebook.cells.append(new_code_cell(code, id="last"))
        return notebook

    return then


IMPORTS = "import ctypes, glob, os, pathlib, shutil, signal, socket, sqlite3, subprocess, sys, sysconfig\n"


def shows(*expressions: str) -> str:
    """Write a cell that prints each expression's value; one that fails does not keep the others from being tried."""
    lines = "".join(f"    lambda: {expression},\n" for expression in expressions)
    return (
        f"{IMPORTS}"
        f"for attempt in (\n{lines}):\n"
        "    try:\n"
        "        print(attempt())\n"
        "    except BaseException as error:\n"
        "        print(type(error).__name__)\n"
    )
