"""Load a learner's own functions from earlier notebooks."""

from __future__ import annotations

import ast
import contextlib
import json
import linecache
import os
import re
import sys
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from bptt import exact, inputs
from bptt.check.call import call
from bptt.check.compare import validate
from bptt.check.exercises import EXERCISES
from bptt.runtime import is_autograding, shell
from bptt.wording import join_names, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import PurePath

    from bptt.types import Array

_MAX_STAND_IN_NUMBERS = 1000
"""Largest size of ``da`` that an exact stand-in accepts: it is fast up to there; a training's has tens of thousands."""
_MAX_BYTES = 100_000_000
"""Largest notebook that is read: ten times one with all figures of a lesson in it."""
_BUILDS_ON = {"02_sequence_backward": "01_cell_backward"}
"""The lesson whose functions those of another one call: there an exact one stood in."""
_COLAB = Path("/content")
"""The folder on Google Colab where notebooks run and files are uploaded to."""
_DRIVE = "drive/MyDrive"
_MOUNT = "from google.colab import drive; drive.mount('/content/drive')"
_LESSON = re.compile(r"\d\d[-_ ][a-z]", re.IGNORECASE)
_DEFINED = re.compile(r"^def (\w+)", re.MULTILINE)
_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
_AT, _MODULE, _HERE = ", code cell ", "earlier lessons", "a cell of this notebook"
_BORROWED = (
    "it calls an exact function, which is too slow to train with. Your own one is needed, in that notebook or in the "
    "one of the lesson before."
)
_AGAIN = "run the cell with own.function again"

_named: list[Path] = []
_told: list[int | None] = []
"""Number of the cell that has last said what to do where there is no notebook."""


class NotYetError(Exception):
    """Raised when a function of an earlier lesson is missing, not written yet or wrong; the message says what to do."""

    def _render_traceback_(self) -> list[str]:
        # A traceback through this package would hide the message.
        return [str(self)]


def function(lesson: str, *names: str) -> Callable[..., Any]:
    """Load a function that you wrote in an earlier lesson: the first of several names that is written and right.

    The lesson's notebook is looked for in this order:

    1. what ``look_in`` has named, the last one first;
    2. where the course has it, ``../LESSON/LESSON.ipynb``; in the current folder; on Google Colab also in the folder
       *Colab Notebooks* of your Drive, if it is mounted, and in ``/content``.

    The exact name comes first. Without it a copy will do, such as ``Copy of LESSON.ipynb`` or ``LESSON (1).ipynb``, as
    long as there is only one; so will a script, ``LESSON.py``. Of its code cells only imports, functions, classes and
    plain constants are run, and before them those of the lesson whose functions it calls. If no notebook has a function
    that is right, one is taken that you pasted into a cell of this notebook. What is printed names the file.

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
        own_function, said = _first_correct(lesson, names)
    except NotYetError as error:
        rest = "you can do all exercises here, but not train" if slow else "the course's own function stands in for it"
        message = f"{error}\nUntil then {rest}."
        say(_leave_out_steps(message))
        return _limited_stand_in(slow, message) if slow else EXERCISES[names[-1]].exact
    # The learner should know which function trains.
    say(said)
    return own_function


def look_in(place: str | Path) -> None:
    """Say where your notebooks of earlier lessons are, before ``function`` looks anywhere else.

    Parameters
    ----------
    place : str or Path
        A folder that has them, each beside the others or in a folder of its own; or one notebook. On Windows write
        ``/`` between folders. What is named last comes first.

    Raises
    ------
    NotYetError
        When there is no such folder or file, or no lesson in it.
    """
    if is_autograding():
        return
    path = Path(os.path.abspath(os.path.expanduser(place)))  # noqa: PTH100, PTH111 - these raise no errors
    is_file = os.path.isfile(path)  # noqa: PTH113 - likewise
    try:
        names = [path.name] if is_file else os.listdir(path)  # noqa: PTH208 - names are enough
    except (FileNotFoundError, ValueError):
        drive = _on_colab() and path.is_relative_to(_COLAB / "drive") and not (_COLAB / _DRIVE).is_dir()
        remedy = f"Mount your Drive first: {_MOUNT}" if drive else "How is it spelled?"
        raise NotYetError(f"There is no {_show(path)}. {remedy}") from None
    except OSError as error:
        raise NotYetError(f"{_show(path)} cannot be opened: {error.strerror}.") from None
    if not any(_LESSON.search(name) and (_is_source(name) or (path / name).is_dir()) for name in names):
        where = "The name of" if is_file else "No name in"
        raise NotYetError(
            f"{where} {_show(path)} says which lesson's notebook it is. Rename the notebook to the lesson's, such as "
            "03_lstm_backward.ipynb."
        )
    _named[:] = [path, *(named for named in _named if named != path)]


def _limited_stand_in(stand_in: Callable[..., Any], message: str) -> Callable[..., Any]:
    def backward(da: Array, *others: object) -> Any:  # noqa: ANN401 - what the exact one returns
        if da.size > _MAX_STAND_IN_NUMBERS:
            raise NotYetError(message)
        return stand_in(da, *others)

    return backward


def _refuse(*_: object) -> None:
    raise NotYetError("While a notebook is graded there are no earlier notebooks beside it.")


def _first_correct(lesson: str, names: Sequence[str]) -> tuple[Callable[..., Any], str]:
    """Return the first function that is right, and a line that says where it was written."""
    paths, missing = {}, {}
    defined, broken = _namespace(), dict[str, str]()
    for each in filter(None, (_BUILDS_ON.get(lesson), lesson)):
        try:
            paths[each] = _notebook(each)
            _run_definitions(paths[each], defined, broken)
        except NotYetError as error:
            missing[each] = str(error)
    pasted = _pasted_functions()
    for more in ({}, pasted) if pasted else ({},):
        # These are the globals of a loop from a file, so it calls a pasted cell.
        defined |= more
        broken = {name: problem for name, problem in broken.items() if name not in more}
        problems = {name: broken.get(name) or _problem(name, defined.get(name)) for name in names}
        for name in names:
            if not problems[name]:
                return defined[name], _describe_origin(name, defined, paths.get(lesson))
    if lesson in missing and not pasted.keys() & set(names):
        raise NotYetError(missing[lesson])
    where = _HERE if lesson in missing else _show(paths[lesson])
    lines = "".join(
        f"  {name}{f', from {_HERE}' if name in pasted and where != _HERE else ''}: {problem}\n"
        for name, problem in (problems | broken).items()
    )
    if _BORROWED in problems.values():
        lines += "".join(f"{missing[each]}\n" for each in missing if each != lesson)
    raise NotYetError(
        f"{where[0].upper()}{where[1:]} has no function to train with yet:\n{lines}{_unread(lesson, paths)}"
        f"Write {names[-1]} there, and what it calls, until check.{names[-1]} says that it is right.\n"
        f"{_save(paths.get(lesson))}, and {_AGAIN}."
    )


def _pasted_functions() -> dict[str, Any]:
    """Return the exercises that cells of the running notebook define; what ``function`` returned is none of them."""
    here = shell().user_ns if shell() else {}
    return {
        name: value
        for name, value in here.items()
        if name in EXERCISES and isinstance(value, FunctionType) and value.__module__ == "__main__"
    }


def _describe_origin(name: str, defined: Mapping[str, Any], path: Path | None) -> str:
    origins = {called: _origin(defined[called]) for called in _calls(name, defined)}
    # The code of a function with a decorator may be that of a library.
    origin = origins.pop(name, "") or (_show(path) if path else _HERE)
    others = sorted({*origins.values()} - {origin, ""})
    return f"{name}: yours, from {origin}" + (f"; what it calls, from {join_names(others)}" if others else "")


def _calls(name: str, defined: Mapping[str, Any]) -> list[str]:
    """Return the learner's functions that a function calls by name, directly or through others, after itself."""
    calls, left = [], [name]
    while left:
        called = left.pop()
        function = defined.get(called)
        if called not in calls and isinstance(function, FunctionType) and function.__module__ in {_MODULE, "__main__"}:
            calls.append(called)
            left += _global_names(function.__code__)
    return calls


def _global_names(code: CodeType) -> list[str]:
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [*code.co_names, *(name for each in inner for name in _global_names(each))]


def _origin(function: FunctionType) -> str:
    return _HERE if function.__module__ == "__main__" else function.__code__.co_filename.rpartition(_AT)[0]


def _notebook(lesson: str) -> Path:
    """Return the notebook, or script, of a lesson; raise what to do where there is none, or one of several."""
    for group in _groups_of_places(lesson):
        for place in group:
            path = place / f"{lesson}.ipynb"
            if os.path.isfile(path):  # noqa: PTH113 - it raises no errors
                return path
        for copies in (_files(place, lesson) for place in group):
            if len(copies) > 1:
                lines = "\n".join(f"  {_show(path)}" for path in copies)
                raise NotYetError(
                    f"Any of these could be your {lesson}.ipynb:\n{lines}\nRename the one with your functions to "
                    f"{lesson}.ipynb, or name it in a new cell above: own.look_in({_show(copies[0])!r}). Then {_AGAIN}."
                )
            if copies:
                return copies[0]
    raise NotYetError(_missing_text(lesson))


def _groups_of_places(lesson: str) -> list[list[Path]]:
    """Return the places to look in; in each group a file with the exact name comes before copies in other places."""
    usual = [Path("..") / lesson, Path(), Path(lesson)]
    if _on_colab():
        drive = _COLAB / _DRIVE / "Colab Notebooks"
        usual += [drive, drive / lesson, _COLAB, _COLAB / lesson]
    return [*([named / lesson, named] for named in _named), usual]


def _files(place: Path, lesson: str) -> list[Path]:
    """Return what may be a lesson's notebook or script: the named file, or files of a folder."""
    # Kaggle writes hyphens into names.
    pattern = re.compile(re.escape(lesson).replace("_", "[-_ ]"), re.IGNORECASE)
    folder, names = place, [place.name]
    if os.path.isfile(place):  # noqa: PTH113 - it raises no errors
        folder = place.parent
    else:
        try:
            names = sorted(os.listdir(place))  # noqa: PTH208 - folders may have thousands of files
        except (OSError, ValueError):
            # The latter where the name is none that this system can have.
            return []
    named = (folder / name for name in names if pattern.search(name) and _is_source(name))
    return [path for path in named if os.path.isfile(path)]  # noqa: PTH113 - likewise


def _is_source(name: str) -> bool:
    # Some browsers save .ipynb.txt, and "Copy of" comes last in some languages: "X.ipynb" の コピー.
    return not name.startswith(".") and (".ipynb" in name.lower() or name.lower().endswith(".py"))


def _unread(lesson: str, paths: Mapping[str, Path]) -> str:
    """Name the files that may be a lesson's, too, when that may be why its functions are not there."""
    if lesson not in paths:
        return ""
    places = (place for group in _groups_of_places(lesson) for place in group)
    files = {path.resolve(): path for place in places for path in _files(place, lesson)}
    files.pop(paths[lesson].resolve(), None)
    lines = "".join(f"{_show(path)} is not read: only {_show(paths[lesson])} is.\n" for path in files.values())
    return lines and f"{lines}To read another one, name it in a new cell above, as in own.look_in('FILE').\n"


def _missing_text(lesson: str) -> str:
    where = "here yet" if _on_colab() else f"in {_show(Path.cwd())}, and none in ../{lesson}"
    return f"There is no {lesson}.ipynb {where}.\n{_steps()}"


def _steps() -> str:
    if not _on_colab():
        return (
            "Put that notebook, with your functions in it, beside this one, or name its folder in a new cell above: "
            f"own.look_in('FOLDER'). Then {_AGAIN}."
        )
    drive = f"mount your Drive, where Colab keeps notebooks: {_MOUNT}"
    if (_COLAB / _DRIVE).is_dir():
        drive = f"say in which folder of your Drive it is: own.look_in('{_show(_COLAB / _DRIVE)}/FOLDER')"
    return (
        f"Do one of these, and {_AGAIN}:\n"
        "  - In that notebook choose File > Download > Download .ipynb. Here click the folder icon at the left, then "
        "the upload icon, and choose the file.\n"
        f"  - In a new cell above, {drive}\n"
        "  - Paste the function that is missing, and what it calls, into a new cell above, and run that first."
    )


def _leave_out_steps(message: str) -> str:
    """Leave out what to do if this cell has said so already, of another function."""
    cell = getattr(shell(), "execution_count", None)
    if cell and _told == [cell]:
        return message.replace(f"{_steps()}\n", "")
    if _steps() in message:
        _told[:] = [cell]
    return message


def _save(path: Path | None) -> str:
    if path is None:
        return "Run that cell"
    if _on_colab() and not path.absolute().is_relative_to(_COLAB / "drive"):
        return f"Download that notebook again, put it here in place of {_show(path)}"
    return "Save the notebook"


def _on_colab() -> bool:
    return "google.colab" in sys.modules


def _show(path: PurePath) -> str:
    """Write a path with ``/``, also on Windows, so that it can be pasted into ``look_in``."""
    return path.as_posix().encode("utf-8", "replace").decode()


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
    defined = _namespace()
    for path in paths:
        _run_definitions(path, defined, {} if broken is None else broken)
    return defined


def _namespace() -> dict[str, Any]:
    return {"__name__": _MODULE}


def _run_definitions(path: Path, defined: dict[str, Any], broken: dict[str, str]) -> None:
    from IPython.core.inputtransformer2 import TransformerManager  # noqa: PLC0415 - for lines such as %timeit

    for number, source in enumerate(_code_cells(path), start=1):
        name = f"{_show(path)}{_AT}{number}"
        code = TransformerManager().transform_cell(source)
        try:
            tree = ast.parse(code)
        except (ValueError, RecursionError):
            # No text that Python reads, e.g. with null characters.
            continue
        except SyntaxError as error:
            # A cell may be half-written, and later cells may be right all the same.
            # The transformation leaves out empty lines at the top.
            at = (error.lineno or 1) + len(source.splitlines()) - len(code.splitlines())
            text = f", in '{error.text.strip()}'" if error.text and error.text.strip() else ""
            problem = f"line {at} of its cell in {_show(path)} cannot be run: {error.msg}{text}."
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
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _unreadable(path, f"it has over {_MAX_BYTES // 1_000_000} MB. Clear its outputs")
        text = path.read_bytes()
        if path.suffix.lower() == ".py":
            return [text.decode("utf-8-sig")]
        # Not by nbformat, which takes seconds to import.
        return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    except OSError as error:
        raise _unreadable(path, f"{error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _unreadable(path, "it is no whole notebook") from None


def _unreadable(path: Path, reason: str) -> NotYetError:
    return NotYetError(f"{_show(path)} cannot be read: {reason}. Save it again, or download it again, and {_AGAIN}.")


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
        return _BORROWED
    return findings[0].message if findings else ""
