"""Import nbgrader's gradebook and nothing else of it, in a tenth of the time.

nbgrader's package begins by importing its extensions of JupyterLab, and with them nearly everything else. Its modules
do not need that. And nbformat checks notebooks with a package that, where another one is installed, builds a grammar
for internet addresses first; notebooks have none.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def _install_empty_package() -> None:
    spec = find_spec("nbgrader")
    if "nbgrader" not in sys.modules and spec is not None:
        # Made and not executed: it has a path, so its modules are found.
        package = sys.modules["nbgrader"] = module_from_spec(spec)
        # Its commands ask for it when they are defined.
        package.__version__ = import_module("nbgrader._version").__version__  # type: ignore[attr-defined]


_install_empty_package()
