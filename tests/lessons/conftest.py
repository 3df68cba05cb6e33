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
# # Doubling

# %%
import types

import numpy as np


def _check_double(function, seed=1):
    x = np.random.default_rng(seed).normal(size=3)
    np.testing.assert_allclose(function(x), x + x)


check = types.SimpleNamespace(double=_check_double)

{header(solution=True, grade_id="double")}
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    y = 2 * x  # a sum of two equal terms
    return y
    ### END SOLUTION


{header(grade=True, locked=True, grade_id="check-double", points=2)}
check.double(double)
### BEGIN HIDDEN TESTS
check.double(double, seed=20231)
### END HIDDEN TESTS

# %%
# %timeit -n 1 -r 1 double(2.0)

{header(" [markdown]", locked=True, grade_id="why-question")}
# **To think about (3 points).** Why twice?
# <!-- BEGIN MARK SCHEME -->
#
# **Rubric.** One point for the sum, one for each of its terms.
# <!-- END MARK SCHEME -->

{header(" [markdown]", grade=True, solution=True, grade_id="why", points=3)}
# <!-- BEGIN SOLUTION -->
# Because adding a number to itself doubles it.
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
    """Return a course of one lesson, ``01_double``, with this project's nbgrader settings."""
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "01_double.py").write_text(LESSON)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path
