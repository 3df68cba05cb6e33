"""Without a widget nothing heavy is loaded; under autograding it never is, and widgets cost nothing."""

import os
import subprocess
import sys

import pytest

from bptt import widgets

LOADED = "import sys; print(*({'matplotlib', 'ipywidgets'} & sys.modules.keys()))"


def run(code, **environment):
    """Run code in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    assert not done.stderr
    return done.stdout.strip()


def test_importing_loads_neither_matplotlib_nor_ipywidgets():
    assert not run(f"import bptt; from bptt import widgets; dir(widgets); {LOADED}")


@pytest.mark.parametrize("name", dir(widgets))
def test_grading_makes_nothing(name):
    """Whatever it is given, and whatever is done with it."""
    code = f"""
from bptt import widgets
from IPython.core.interactiveshell import InteractiveShell
widget = widgets.{name}(None, nonsense=1)
widget.controls["step"].value = 3
with widget as panel: panel.step(loss=1.0)
print(InteractiveShell.instance().display_formatter.format(widget))
{LOADED}"""
    assert run(code, NBGRADER_EXECUTION="autograde") == "({}, {})"


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'small_wlk'"):
        widgets.small_wlk  # noqa: B018
