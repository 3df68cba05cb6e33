"""Without a figure Matplotlib is not loaded; under autograding it never is, and figures cost nothing."""

import os
import subprocess
import sys

import pytest

from bptt import viz


def run(code, **environment):
    """Run code in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    assert not done.stderr
    return done.stdout.split()


LOADED = "import sys; print('matplotlib' in sys.modules)"


def test_importing_loads_no_matplotlib():
    assert run(f"import bptt; from bptt import viz; dir(viz); {LOADED}") == ["False"]


def test_first_figure_loads_it():
    assert run(f"from bptt import viz; viz.tanh_slope(); {LOADED}") == ["True"]


@pytest.mark.parametrize("name", dir(viz))
def test_grading_draws_nothing(name):
    """Whatever it is given, and whichever way it is imported."""
    code = f"""
from bptt.viz import {name}
figure = {name}(None, nonsense=1)
figure.axes[0].set_title("mine")
for axes in figure.axes: axes.grid()
figure.savefig("/nowhere/at/all.png")
{LOADED}"""
    assert run(code, NBGRADER_EXECUTION="autograde") == ["False"]


def test_grading_shows_nothing():
    """A figure on the last line of a cell leaves neither output nor text."""
    code = """
from IPython.core.interactiveshell import InteractiveShell
from bptt import viz
print(InteractiveShell.instance().display_formatter.format(viz.tanh_slope()))"""
    assert run(code, NBGRADER_EXECUTION="validate") == ["({},", "{})"]


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'cell_grph'"):
        viz.cell_grph  # noqa: B018
