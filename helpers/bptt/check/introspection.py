"""Where a learner's function comes from: running an old definition is a real and common trap."""

import dis
import linecache
from collections.abc import Iterable
from types import CodeType

import numpy as np

from bptt.check.call import Function
from bptt.runtime import in_notebook, is_course_code, shell

NUMBERS = (np.ndarray, np.number, float)


def defining_cell(function: Function) -> str:
    """Name the notebook cell that last defined ``function``, e.g. ``In [12]``; empty outside a notebook."""
    if not callable(function):
        return function.origin
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not in_notebook():
        return ""
    compiler = shell().compile
    if not hasattr(compiler, "format_code_name"):
        return _cell_with(linecache.getlines(code.co_filename))
    label = compiler.format_code_name(code.co_filename)
    return label[1].replace("In[", "In [") if label else ""


def _cell_with(lines: list[str]) -> str:
    """Name the newest cell that consists of these lines: IPython 7, which Colab has, keeps no numbers with its code."""
    code = "".join(lines).rstrip("\n")
    # As IPython takes code apart: a form feed ends a line, too.
    cells = ("\n".join(cell.splitlines()) for cell in shell().history_manager.input_hist_parsed)
    numbers = [number for number, cell in enumerate(cells) if code and cell == code]
    return f"In [{numbers[-1]}]" if numbers else ""


def notebook_values(function: Function) -> tuple[str, ...]:
    """List the notebook's numbers and arrays that ``function`` reads by name instead of from its arguments."""
    if not callable(function):
        return function.reads
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return ()
    # It lists attributes as well, such as the a_prev of cache.a_prev; but what is not in it need not be looked for.
    if not any(isinstance(function.__globals__.get(name), NUMBERS) for name in code.co_names):
        return ()
    read = (step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL")
    found = dict.fromkeys(name for name in read if isinstance(function.__globals__.get(name), NUMBERS))
    return tuple(found)


def learner_functions(function: Function, names: Iterable[str]) -> tuple[str, ...]:
    """List those of ``names`` that ``function`` would call as functions of the learner's own."""
    if not callable(function):
        return tuple(name for name in function.own if name in names)
    values = getattr(function, "__globals__", {})
    return tuple(name for name in names if is_learners(values.get(name)))


def is_learners(function: object) -> bool:
    """Tell whether a function was written in the notebook, or imported by the learner, and is none of the course's."""
    return callable(function) and not is_course_code(getattr(function, "__module__", None))
