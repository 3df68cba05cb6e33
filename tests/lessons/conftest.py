"""A small course with one made-up lesson, which has one of everything that a lesson can have."""

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def header(kind="", **changes):
    """Return the ``# %%`` line of an nbgrader cell; a change to None leaves that key out."""
    meta = {
        "grade": False,
        "grade_id": "x",
        "locked": False,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    meta = {key: value for key, value in (meta | changes).items() if value is not None}
    return f"# %%{kind} nbgrader={json.dumps(meta)}"


LESSON = f'''\
# %% [markdown]
# # Slopes

# %%
from bptt import check

{header(solution=True, grade_id="tanh_backward")}
def tanh_backward(da, a):
    """Through a = tanh(z)."""
    ### BEGIN SOLUTION
    dz = da * (1 - a**2)  # the slope, written with the output
    return dz
    ### END SOLUTION


{header(grade=True, locked=True, grade_id="check-dz", points=2)}
check.tanh_backward(tanh_backward)
### BEGIN HIDDEN TESTS
check.tanh_backward(tanh_backward, seed=20231)
### END HIDDEN TESTS

# %%
# %timeit -n 1 -r 1 tanh_backward(2.0, 0.5)

{header(" [markdown]", locked=True, grade_id="why-question")}
# **To think about (3 points).** Why no sum?
# <!-- BEGIN MARK SCHEME -->
#
# **Rubric.** One point for each thing said.
# <!-- END MARK SCHEME -->

{header(" [markdown]", grade=True, solution=True, grade_id="why", points=3)}
# <!-- BEGIN SOLUTION -->
# Because tanh works on each entry alone.
# <!-- END SOLUTION -->
'''


@pytest.fixture
def lesson():
    return LESSON


@pytest.fixture
def cell_header():
    return header


@pytest.fixture
def course(tmp_path):
    """Return a course of one lesson, ``01_slope``, with this project's nbgrader settings."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "01_slope.py").write_text(LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path
