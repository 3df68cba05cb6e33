"""Inspect a learner's function: defining cell, globals it reads, own helpers.

The defining cell matters because learners often change a cell and check the old definition.
"""

import dis
import linecache
from collections.abc import Iterable
from types import CodeType

import numpy as np

from bptt.check.call import Function
from bptt.runtime import in_notebook, is_course_code, shell

NUMBERS = (np.ndarray, np.number, float)
"""Types of the notebook's values that a function should not read; counts, of type int, are left out."""


def defining_cell(function: Function) -> str:
    """Return the notebook cell that last defined a function, e.g. ``In [12]``; empty outside a notebook."""
    if not callable(function):
        return function.origin
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not in_notebook():
        return ""
    compiler = shell().compile
    if not hasattr(compiler, "format_code_name"):
        return _cell_label(linecache.getlines(code.co_filename))
    label = compiler.format_code_name(code.co_filename)
    return label[1].replace("In[", "In [") if label else ""


def _cell_label(lines: list[str]) -> str:
    """Return the newest cell with these lines, for IPython 7, as on Colab, which has no cell numbers with its code."""
    code = "".join(lines).rstrip("\n")
    # IPython splits lines with str.splitlines, where a form feed ends a line, too.
    cells = ("\n".join(cell.splitlines()) for cell in shell().history_manager.input_hist_parsed)
    numbers = [number for number, cell in enumerate(cells) if code and cell == code]
    return f"In [{numbers[-1]}]" if numbers else ""


def notebook_values(function: Function) -> tuple[str, ...]:
    """List the notebook's numbers and arrays that a function reads by name instead of from its arguments."""
    if not callable(function):
        return function.reads
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return ()
    # co_names has attributes as well, such as the a_prev of cache.a_prev, but without a match here there is none below.
    if not any(isinstance(function.__globals__.get(name), NUMBERS) for name in code.co_names):
        return ()
    read = (step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL")
    return tuple(dict.fromkeys(name for name in read if isinstance(function.__globals__.get(name), NUMBERS)))


def learner_functions(function: Function, names: Iterable[str]) -> tuple[str, ...]:
    """List those of ``names`` that a function would find as the learner's own functions."""
    if not callable(function):
        return tuple(name for name in function.own if name in names)
    values = getattr(function, "__globals__", {})
    return tuple(name for name in names if is_learners(values.get(name)))


def is_learners(function: object) -> bool:
    """Tell whether an object is a function of the learner's: callable, and not from the course's packages."""
    return callable(function) and not is_course_code(getattr(function, "__module__", None))
