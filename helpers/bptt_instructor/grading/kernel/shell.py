"""InteractiveShell without per-cell overhead."""

from __future__ import annotations

import ast
import os
import tempfile
import warnings

from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.compilerop import CachingCompiler

SYNTAX_ONLY = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class FastCompiler(CachingCompiler):
    """Compiler that names a cell by its number; ipykernel's hashes its text, in Python, for a debugger."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        """Return the file name of a cell in tracebacks."""
        del raw_code, transformed_code
        return os.path.join(tempfile.gettempdir(), f"ipykernel_{os.getpid()}", f"{number}.py")  # noqa: PTH118 - faster


class FastShell(ZMQInteractiveShell):
    """ZMQInteractiveShell that leaves cells of plain Python untransformed."""

    def transform_cell(self, raw_cell: str) -> str:
        """Translate IPython's syntax to Python's.

        A cell of several lines that is Python already stays as it is. IPython would tokenize it to find that out,
        twice.
        """
        cell = raw_cell if raw_cell.endswith("\n") else f"{raw_cell}\n"
        if cell.count("\n") > 1 and _is_python(cell):
            return cell
        translated: str = super().transform_cell(raw_cell)  # type: ignore[no-untyped-call]
        return translated


def _is_python(cell: str) -> bool:
    with warnings.catch_warnings():
        # Warnings are shown when the cell runs.
        warnings.simplefilter("ignore")
        try:
            compile(cell, "", "exec", SYNTAX_ONLY)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
