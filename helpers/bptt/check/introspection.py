"""Inspect a learner's function: defining cell, globals it reads, own helpers.

The defining cell matters because learners often change a cell and check the old definition.
"""

import dis
import linecache
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice
from types import CodeType, FunctionType

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


def notebook_values(function: Function, stand_ins: Iterable[str]) -> tuple[str, ...]:
    """List the notebook's numbers and arrays that a function reads by name instead of from its arguments.

    A dict or a list of arrays counts as well, and so does what other functions of the notebook read for it, but for
    those of ``stand_ins``, which others replace.
    """
    if not callable(function):
        return function.reads
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return ()
    own = function.__globals__
    # A function of another module has other globals.
    values = {
        name: value
        for name, value in own.items()
        if name not in stand_ins and not (isinstance(value, FunctionType) and value.__globals__ is not own)
    }
    names: dict[str, None] = {}
    _add_globals(code, values, names)
    return tuple(name for name in names if not callable(values[name]))


def _add_globals(code: CodeType, values: Mapping[str, object], names: dict[str, None]) -> None:
    """Add the names of the notebook that code reads, also in comprehensions, and in functions that it calls."""
    # co_names has attributes as well, such as the a_prev of cache.a_prev, but without a match here there is none below.
    known = {name for name in code.co_names if _is_notebook_value(values.get(name))}
    steps = dis.get_instructions(code) if known else ()
    for name in (step.argval for step in steps if step.opname == "LOAD_GLOBAL"):
        if name in known and name not in names:
            names[name] = None
            called = values[name]
            if isinstance(called, FunctionType):
                _add_globals(called.__code__, values, names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            _add_globals(constant, values, names)


def _is_notebook_value(value: object) -> bool:
    return isinstance(value, (*NUMBERS, FunctionType)) or _holds_arrays(value)


def _holds_arrays(value: object, levels: int = 3) -> bool:
    """Tell whether a value is an array, or a dict, list or tuple with one among its first entries."""
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return isinstance(value, np.ndarray) or (
        levels > 0 and any(_holds_arrays(entry, levels - 1) for entry in islice(entries, 100))
    )


def learner_functions(function: Function, names: Iterable[str]) -> tuple[str, ...]:
    """List those of ``names`` that a function would find as the learner's own functions."""
    if not callable(function):
        return tuple(name for name in function.own if name in names)
    values = getattr(function, "__globals__", {})
    return tuple(name for name in names if is_learners(values.get(name)))


def is_learners(function: object) -> bool:
    """Tell whether an object is a function of the learner's: callable, and not from the course's packages."""
    if isinstance(function, partial):
        # Such as those that stand in for functions of earlier lessons.
        return is_learners(function.func)
    return callable(function) and not is_course_code(getattr(function, "__module__", None))
