"""Take a learner's own functions from an earlier lesson's notebook."""

from __future__ import annotations

import ast
import json
import linecache
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bptt import exact, inputs
from bptt.check.call import call
from bptt.check.compare import findings
from bptt.check.exercises import EXERCISES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class NotYetError(Exception):
    """An earlier lesson's function is missing, not written yet or not right yet; the message says what to do."""

    def _render_traceback_(self) -> list[str]:
        # A traceback through this package would bury what there is to do.
        return [str(self)]


def function(lesson: str, *names: str) -> Callable[..., Any]:
    """Take a function that you wrote in an earlier lesson: the first of several names that is written and right.

    The lesson's notebook is looked for where the course keeps it, ``../LESSON/LESSON.ipynb``, and those of the lessons
    before it beside it: your loop over time needs your cell. Of their code cells the imports and the functions are run,
    nothing else. Under autograding there is only the notebook that was handed in, and nobody watches it train: there
    the exact, slow function comes in the place of yours.

    Parameters
    ----------
    lesson : str
        Name of its notebook, e.g. ``"03_lstm_backward"``.
    *names : str
        Exercises of that lesson, the one you would like best first; all compute the same.

    Returns
    -------
    callable

    Raises
    ------
    NotYetError
        When the notebook is not there, or none of the functions is both written and right.
    """
    if "NBGRADER_EXECUTION" in os.environ:
        return getattr(exact, names[-1])
    paths = _found(lesson)
    defined = definitions(paths)
    wrong = {name: _what_is_wrong(name, defined.get(name)) for name in names}
    chosen = next((name for name, problem in wrong.items() if not problem), None)
    if chosen:
        print(f"{chosen}: yours, from {paths[-1]}")  # noqa: T201 - the learner should know which function trains
        return defined[chosen]
    problems = "\n".join(f"  {name}: {problem}" for name, problem in wrong.items())
    raise NotYetError(
        f"{paths[-1]} has no function to train with yet:\n{problems}\n"
        f"Write {names[-1]} there, and what it calls, until check.{names[-1]} says that it is right. Save the "
        "notebook, and run this cell again. Until then you can do all exercises here, but not train."
    )


def _found(lesson: str) -> list[Path]:
    """Return where the notebooks of a lesson and of those before it are, or their scripts, beside this one."""
    notebooks = [path for path in Path("..").glob("[0-9][0-9]_*/*.ipynb") if path.stem == path.parent.name]
    found = {path.stem: path for path in [*Path().glob("[0-9][0-9]_*.py"), *notebooks]}
    if lesson not in found:
        raise NotYetError(
            f"There is no {Path('..') / lesson / lesson}.ipynb, seen from {Path.cwd()}. Put the notebook of that "
            f"lesson, with your functions in it, into a folder {lesson} beside the folder of this lesson, and run this "
            "cell again."
        )
    return [path for name, path in sorted(found.items()) if name <= lesson]


def definitions(paths: Iterable[Path]) -> dict[str, Any]:
    """Run the imports, the functions and the classes of lessons, one after the other, and nothing else of them.

    Parameters
    ----------
    paths : iterable of Path
        Notebooks or scripts. Later definitions replace earlier ones of the same name,
        but an exact function never takes the place of a learner's own.

    Returns
    -------
    dict
        What was defined, by name; it is also where the functions look for each other.
    """
    defined: dict[str, Any] = {"__name__": "earlier lessons"}
    for path in paths:
        _define(path, defined)
    return defined


def _define(path: Path, defined: dict[str, Any]) -> None:
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415 - for lines such as %timeit

    for number, source in enumerate(_code_cells(path), start=1):
        name = f"{path}, code cell {number}"
        code = TransformerManager().transform_cell(source)
        try:
            tree = ast.parse(code)
        except SyntaxError:
            # Half-written cells are none of this lesson's business; what they lack will be missed by name.
            continue
        tree.body = [statement for statement in tree.body if _is_kept(statement, defined)]
        # With its lines at hand, an error inside the function is shown as usual.
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        exec(compile(tree, name, "exec"), defined)  # noqa: S102 - the learner's own notebook


def _code_cells(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [text]
    # Libraries that read notebooks take seconds to load.
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def _is_kept(statement: ast.stmt, defined: Mapping[str, Any]) -> bool:
    if isinstance(statement, ast.ImportFrom) and statement.module == "bptt.exact":
        # An exact cell stood in for the learner's own, which is here by now.
        return not all(name.name in defined for name in statement.names)
    return isinstance(statement, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef))


def _what_is_wrong(name: str, function: Callable[..., Any] | None) -> str:
    """Say why a function cannot be trained with; nothing if it can."""
    if function is None:
        return "it is not in the notebook."
    exercise, sizes = EXERCISES[name], inputs.sizes()[0]
    arguments = exercise.case(1, sizes)
    # No stand-ins for the functions that it calls: training uses the learner's own.
    found = list(findings(exercise, call(function, arguments), exercise.right(arguments), sizes))
    return found[0].message if found else ""
