"""Inspect a learner's function: defining cell, globals it reads, own helpers.

The defining cell matters because learners often change a cell and check the old definition.
"""

import dis
import linecache
from collections.abc import Iterable, Iterator, Mapping
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
    """List the notebook's numbers and arrays that a function reads by name instead of from its arguments.

    A dict or a list of arrays counts as well.
    """
    if not callable(function):
        return function.reads
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return ()
    values = function.__globals__
    return tuple(dict.fromkeys(name for name in _global_names(code, values) if _is_notebook_value(values[name])))


def _global_names(code: CodeType, values: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of the notebook that code reads, with that of comprehensions and functions inside."""
    # co_names has attributes as well, such as the a_prev of cache.a_prev, but without a match here there is none below.
    if any(name in values and _is_notebook_value(values[name]) for name in code.co_names):
        yield from (
            step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL" and step.argval in values
        )
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _global_names(constant, values)


def _is_notebook_value(value: object) -> bool:
    return isinstance(value, NUMBERS) or holds_arrays(value)


def holds_arrays(value: object) -> bool:
    """Tell whether a value is an array, or a dict, list or tuple with one in it."""
    if isinstance(value, np.ndarray):
        return True
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(
        isinstance(entry, np.ndarray) or (hasattr(entry, "_fields") and holds_arrays(entry)) for entry in entries
    )


def learner_functions(function: Function, names: Iterable[str]) -> tuple[str, ...]:
    """List those of ``names`` that a function would find as the learner's own functions."""
    if not callable(function):
        return tuple(name for name in function.own if name in names)
    values = getattr(function, "__globals__", {})
    return tuple(name for name in names if is_learners(values.get(name)))


def is_learners(function: object) -> bool:
    """Tell whether an object is a function of the learner's: callable, and not from the course's packages."""
    return callable(function) and not is_course_code(getattr(function, "__module__", None))
