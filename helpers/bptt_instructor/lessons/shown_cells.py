"""Cells that only show something: grading leaves them out, because no other cell needs what they define."""

from __future__ import annotations

import re
import symtable
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

SKIP_TAG = "skip-execution"
"""Tag of such a cell; nbclient knows it as well."""
REACHES_ALL_NAMES = frozenset(("In", "Out", "dir", "eval", "exec", "get_ipython", "globals", "locals", "vars"))
"""With these, code can use names that it does not spell."""
_HISTORY = re.compile(r"_+(?:i+|oh|ih|dh)?\d*")
"""IPython's names for what earlier cells were and returned."""
_MAGICS = frozenset(("macro", "recall", "rerun", "run"))
"""IPython's commands that run code from elsewhere."""
_TIMING = re.compile(r"^%time(?:it)? .*$", re.MULTILINE)


def is_shown_only(cell: NotebookNode) -> bool:
    """Tell whether a cell of code has the tag, and no name: what is written or checked always runs."""
    tagged = SKIP_TAG in cell.metadata.get("tags", ())
    return bool(tagged and cell.cell_type == "code" and "nbgrader" not in cell.metadata)


def without_timings(source: str) -> str:
    """Return the source of a cell without its lines of ``%time`` and ``%timeit``, which leave no names behind."""
    return _TIMING.sub("", source)


def used_names(source: str) -> frozenset[str] | None:
    """Return the notebook's names that a cell reads, sets or deletes, in its functions too; None for any name.

    Of a cell that is not plain Python, all words are taken for names.

    Parameters
    ----------
    source
        Source of the cell; not trusted.
    """
    tables = _symbol_tables(source)
    names = set() if tables else _words(source)
    if "__main__" in source or names & _MAGICS:
        return None
    for table in tables:
        for symbol in table.get_symbols():
            # In the body of a class, a name of its own is one of the notebook's until it is set.
            in_class = table.get_type() == "class" and symbol.is_referenced() and not symbol.is_free()
            if table.get_type() == "module" or symbol.is_global() or in_class:
                names.add(symbol.get_name())
                if symbol.is_referenced() and _HISTORY.fullmatch(symbol.get_name()):
                    return None
    return None if names & REACHES_ALL_NAMES else frozenset(names)


def defined_names(source: str) -> frozenset[str]:
    """Return the names that a cell sets or deletes in the notebook; ``_`` belongs to nobody.

    Of a cell that is not plain Python, but for lines of ``%time`` and ``%timeit``, all words are taken for names.

    Parameters
    ----------
    source
        Source of the cell.
    """
    source = without_timings(source)
    tables = _symbol_tables(source)
    names = set() if tables else _words(source)
    for table in tables:
        for symbol in table.get_symbols():
            in_notebook = table.get_type() == "module" or symbol.is_declared_global()
            if in_notebook and (symbol.is_assigned() or symbol.is_imported()):
                names.add(symbol.get_name())
    return frozenset(name for name in names if name.strip("_"))


def _words(source: str) -> set[str]:
    return set(re.findall(r"\w+", source))


def _symbol_tables(source: str) -> list[symtable.SymbolTable]:
    """Return the tables of a cell and of all scopes in it; none when it is not plain Python."""
    tables = []
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tables.append(symtable.symtable(source, "cell", "exec"))
    for table in tables:
        tables += table.get_children()
    return tables
