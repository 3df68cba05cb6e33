"""Load a learner's own functions from earlier notebooks."""

from __future__ import annotations

import ast
import contextlib
import json
import linecache
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bptt import exact, inputs
from bptt.check.call import call
from bptt.check.compare import validate
from bptt.check.exercises import EXERCISES
from bptt.runtime import is_autograding
from bptt.wording import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bptt.types import Array

_MAX_STAND_IN_NUMBERS = 1000
"""Largest size of ``da`` that an exact stand-in accepts: it is fast up to there; a training's has tens of thousands."""
_DEFINED = re.compile(r"^def (\w+)", re.MULTILINE)
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


class NotYetError(Exception):
    """Raised when a function of an earlier lesson is missing, not written yet or wrong; the message says what to do."""

    def _render_traceback_(self) -> list[str]:
        # A traceback through this package would hide the message.
        return [str(self)]


def function(lesson: str, *names: str) -> Callable[..., Any]:
    """Load a function that you wrote in an earlier lesson: the first of several names that is written and right.

    The lesson's notebook is read from where the course has it, ``../LESSON/LESSON.ipynb``, and those of the lessons
    before it from beside it, because your loop over time needs your cell. Of their code cells only imports, functions,
    classes and plain constants are run.

    If none of the functions is there and right, a message says what is missing, and an exact one stands in. An exact
    backward pass is slow: it is good for a proof on small arrays, and refuses to train. Under autograding, where there
    is no other notebook, it stands in too.

    Parameters
    ----------
    lesson : str
        Name of its notebook, e.g. ``"03_lstm_backward"``.
    *names : str
        Exercises of that lesson that compute the same, in order of preference. The last one is also the name of the
        exact function.

    Returns
    -------
    callable
        Yours; or an exact one. A backward pass among these raises ``NotYetError`` when it is given arrays as large as a
        training's.
    """
    # Clipping and a step of Adam have no gradients of their own: what stands in for them is as fast as a learner's.
    slow = getattr(exact, names[-1], None)
    if is_autograding():
        return slow or _refuse
    try:
        chosen, path, own_function = _first_correct(lesson, names)
    except NotYetError as error:
        rest = "you can do all exercises here, but not train" if slow else "the course's own function stands in for it"
        message = f"{error}\nUntil then {rest}."
        say(message)
        return _limited_stand_in(slow, message) if slow else EXERCISES[names[-1]].exact
    # The learner should know which function trains.
    say(f"{chosen}: yours, from {path}")
    return own_function


def _limited_stand_in(stand_in: Callable[..., Any], message: str) -> Callable[..., Any]:
    def backward(da: Array, *others: object) -> Any:  # noqa: ANN401 - what the exact one returns
        if da.size > _MAX_STAND_IN_NUMBERS:
            raise NotYetError(message)
        return stand_in(da, *others)

    return backward


def _refuse(*_: object) -> None:
    raise NotYetError("While a notebook is graded there are no earlier notebooks beside it.")


def _first_correct(lesson: str, names: Sequence[str]) -> tuple[str, Path, Callable[..., Any]]:
    paths = _notebooks_up_to(lesson)
    broken: dict[str, str] = {}
    defined = load_definitions(paths, broken)
    problems = {name: broken.pop(name, "") or _problem(name, defined.get(name)) for name in names}
    for name, problem in problems.items():
        if not problem:
            return name, paths[-1], defined[name]
    lines = "\n".join(f"  {name}: {problem}" for name, problem in (problems | broken).items())
    copies = "".join(f"{path} is not read: only {paths[-1]} is.\n" for path in _copies(lesson) if path not in paths)
    raise NotYetError(
        f"{paths[-1]} has no function to train with yet:\n{lines}\n{copies}"
        f"Write {names[-1]} there, and what it calls, until check.{names[-1]} says that it is right.\n"
        "Save the notebook, and run the cell with own.function again."
    )


def _notebooks_up_to(lesson: str) -> list[Path]:
    """Return the paths of the notebooks, or scripts, of a lesson and of those before it."""
    notebooks = [path for path in Path("..").glob("[0-9][0-9]_*/*.ipynb") if path.stem == path.parent.name]
    paths = {path.stem: path for path in [*Path().glob("[0-9][0-9]_*.py"), *notebooks]}
    if lesson not in paths:
        wanted, copies = Path("..") / lesson / f"{lesson}.ipynb", _copies(lesson)
        remedy = f"Put the notebook of that lesson, with your functions in it, into a folder {lesson} beside this one"
        if copies:
            remedy = f"But there is {copies[0]}: if your functions are in it, rename it to {wanted}"
        raise NotYetError(
            f"There is no {wanted}, seen from {Path.cwd()}. {remedy}, and run the cell with own.function again."
        )
    return [path for name, path in sorted(paths.items()) if name <= lesson]


def _copies(lesson: str) -> list[Path]:
    """Return notebooks of a lesson under names or in places where it is not looked for, such as ``-Copy1.ipynb``."""
    found = [*Path("..").glob(f"{lesson}*/{lesson}*.ipynb"), *Path().glob(f"{lesson}*.ipynb")]
    return sorted(path for path in found if path != Path("..") / lesson / f"{lesson}.ipynb")


def load_definitions(paths: Iterable[Path], broken: dict[str, str] | None = None) -> dict[str, Any]:
    """Run the imports, functions, classes and plain constants of lessons, in order, and nothing else in them.

    Parameters
    ----------
    paths : iterable of Path
        Notebooks or scripts. Later definitions replace earlier ones of the same name, but an exact function never
        replaces a learner's own.
    broken : dict, optional
        Filled with the functions whose cell has a syntax error: what is wrong, by name.

    Returns
    -------
    dict
        The definitions by name: the global namespace of the functions.
    """
    defined: dict[str, Any] = {"__name__": "earlier lessons"}
    for path in paths:
        _run_definitions(path, defined, {} if broken is None else broken)
    return defined


def _run_definitions(path: Path, defined: dict[str, Any], broken: dict[str, str]) -> None:
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415 - for lines such as %timeit

    for number, source in enumerate(_code_cells(path), start=1):
        name = f"{path}, code cell {number}"
        code = TransformerManager().transform_cell(source)
        try:
            tree = ast.parse(code)
        except SyntaxError as error:
            # A cell may be half-written, and later cells may be right all the same.
            # The transformation leaves out empty lines at the top.
            at = (error.lineno or 1) + len(source.splitlines()) - len(code.splitlines())
            text = f", in '{error.text.strip()}'" if error.text and error.text.strip() else ""
            problem = f"line {at} of its cell in {path} cannot be run: {error.msg}{text}."
            broken |= dict.fromkeys(_DEFINED.findall(code), problem)
            continue
        # With its source in the cache, an error inside a function is shown as usual.
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef):
                broken.pop(statement.name, None)
            if _is_definition(statement, defined):
                # A definition may need the rest of the notebook; it is reported as missing by its name, too.
                with contextlib.suppress(Exception):
                    exec(compile(ast.Module([statement], []), name, "exec"), defined)  # noqa: S102 - their own notebook


def _code_cells(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [text]
    # Not by nbformat, which takes seconds to import.
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def _is_definition(statement: ast.stmt, defined: Mapping[str, Any]) -> bool:
    if isinstance(statement, ast.ImportFrom) and statement.module == "bptt.exact":
        # The import of an exact cell, as a stand-in for the learner's own, must not replace that.
        return not all(name.name in defined for name in statement.names)
    return isinstance(statement, _DEFINITIONS) or (isinstance(statement, ast.Assign) and _is_constant(statement.value))


def _is_constant(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except ValueError:
        return False
    return True


def _problem(name: str, function: Callable[..., Any] | None) -> str:
    """Say why a function cannot be trained with; empty if it can."""
    if function is None:
        return "it is not in the notebook."
    exercise, sizes = EXERCISES[name], inputs.sizes()[0]
    arguments = exercise.case(1, sizes)
    # No stand-ins for the functions that it calls, because training uses the learner's own.
    findings = list(validate(exercise, call(function, arguments), exercise.right(arguments), sizes))
    if findings and findings[0].kind == "borrowed":
        return (
            "it calls an exact function, which is too slow to train with. Your own one is needed, in that notebook or "
            "in an earlier one beside it."
        )
    return findings[0].message if findings else ""
