"""Take a learner's own functions from an earlier lesson's notebook."""

from __future__ import annotations

import ast
import contextlib
import json
import linecache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bptt import exact, inputs
from bptt.check.call import call
from bptt.check.compare import validate
from bptt.check.exercises import EXERCISES
from bptt.runtime import is_autograding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bptt.lstm import LSTMCaches
    from bptt.rnn import RNNCaches
    from bptt.types import Array

_SMALL = 1000
"""An exact function answers at once when ``da`` has no more numbers than this; a training's has tens of thousands."""
_DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


class NotYetError(Exception):
    """A function of an earlier lesson is missing, not written yet or wrong; the message says what to do."""

    def _render_traceback_(self) -> list[str]:
        # A traceback through this package would bury what there is to do.
        return [str(self)]


def function(lesson: str, *names: str) -> Callable[..., Any]:
    """Take a function that you wrote in an earlier lesson: the first of several names that is written and right.

    The lesson's notebook is looked for where the course keeps it, ``../LESSON/LESSON.ipynb``, and those of the lessons
    before it beside it: your loop over time needs your cell. Of their code cells the imports, the functions and plain
    constants are run, nothing else.

    If none of the functions is there and right, it is said what is missing, and an exact one stands in. That one is
    slow: it does for a proof on small arrays, and refuses to train. Under autograding, where there is no other notebook
    and nobody watches a training, it stands in too.

    Parameters
    ----------
    lesson : str
        Name of its notebook, e.g. ``"03_lstm_backward"``.
    *names : str
        Exercises of that lesson, the one you would like best first; all compute the same. The last one is also the name
        of the exact one.

    Returns
    -------
    callable
        Yours; or an exact one, which raises ``NotYetError`` when it is given arrays as large as a training's.
    """
    stand_in = getattr(exact, names[-1])
    if is_autograding():
        return stand_in
    try:
        chosen, path, mine = _first_right(lesson, names)
    except NotYetError as missing:
        print(missing)  # noqa: T201 - for the learner
        return _small_only(stand_in, str(missing))
    print(f"{chosen}: yours, from {path}")  # noqa: T201 - the learner should know which function trains
    return mine


def _small_only(stand_in: Callable[..., Any], message: str) -> Callable[..., Any]:
    def backward(da: Array, caches: RNNCaches | LSTMCaches) -> Any:  # noqa: ANN401 - what the exact one returns
        if da.size > _SMALL:
            raise NotYetError(message)
        return stand_in(da, caches)

    return backward


def _first_right(lesson: str, names: Sequence[str]) -> tuple[str, Path, Callable[..., Any]]:
    paths = _found(lesson)
    defined = load_definitions(paths)
    wrong = {name: _what_is_wrong(name, defined.get(name)) for name in names}
    for name, problem in wrong.items():
        if not problem:
            return name, paths[-1], defined[name]
    problems = "\n".join(f"  {name}: {problem}" for name, problem in wrong.items())
    raise NotYetError(
        f"{paths[-1]} has no function to train with yet:\n{problems}\n"
        f"Write {names[-1]} there, and what it calls, until check.{names[-1]} says that it is right.\n"
        "Save the notebook, and run the cell with own.function again.\n"
        "Until then you can do all exercises here, but not train."
    )


def _found(lesson: str) -> list[Path]:
    """Return where the notebooks of a lesson and of those before it are, or their scripts, beside this one."""
    notebooks = [path for path in Path("..").glob("[0-9][0-9]_*/*.ipynb") if path.stem == path.parent.name]
    found = {path.stem: path for path in [*Path().glob("[0-9][0-9]_*.py"), *notebooks]}
    if lesson not in found:
        raise NotYetError(
            f"There is no {Path('..') / lesson / lesson}.ipynb, seen from {Path.cwd()}. Put the notebook of that "
            f"lesson, with your functions in it, into a folder {lesson} beside the folder of this lesson, and run the "
            "cell with own.function again. Until then you can do all exercises here, but not train."
        )
    return [path for name, path in sorted(found.items()) if name <= lesson]


def load_definitions(paths: Iterable[Path]) -> dict[str, Any]:
    """Run the imports, functions, classes and plain constants of lessons, in order, and nothing else of them.

    Parameters
    ----------
    paths : iterable of Path
        Notebooks or scripts. Later definitions replace earlier ones of the same name, but an exact function never takes
        the place of a learner's own.

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
        # With its lines at hand, an error inside a function is shown as usual.
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        for statement in tree.body:
            if _is_kept(statement, defined):
                # What cannot be defined without the rest of the notebook will be missed by name, too.
                with contextlib.suppress(Exception):
                    exec(compile(ast.Module([statement], []), name, "exec"), defined)  # noqa: S102 - their own notebook


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
    return isinstance(statement, _DEFINING) or (isinstance(statement, ast.Assign) and _is_constant(statement.value))


def _is_constant(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True


def _what_is_wrong(name: str, function: Callable[..., Any] | None) -> str:
    """Say why a function cannot be trained with; nothing if it can."""
    if function is None:
        return "it is not in the notebook."
    exercise, sizes = EXERCISES[name], inputs.sizes()[0]
    arguments = exercise.case(1, sizes)
    # No stand-ins for the functions that it calls: training uses the learner's own.
    found = list(validate(exercise, call(function, arguments), exercise.right(arguments), sizes))
    if found and found[0].kind == "borrowed":
        return (
            "it calls an exact function, which is too slow to train with. Your own one is needed, in that notebook or "
            "in an earlier one beside it."
        )
    return found[0].message if found else ""
