"""Grade a class through nbgrader, so that every student has a row and no submission stops the others."""
