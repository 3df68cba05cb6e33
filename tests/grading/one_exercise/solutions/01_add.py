# %% [markdown]
# # Sums

# %%
import sys

from sums import check


# %% nbgrader={"grade": false, "grade_id": "add", "locked": false, "schema_version": 3, "solution": true, "task": false}
def add(first, second):
    """Add two numbers."""
    ### BEGIN SOLUTION
    return first + second
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-add", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check.add(add)

# %%
print([name for name in sys.modules if name.partition(".")[0] == "bptt"])
