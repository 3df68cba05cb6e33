"""All access to nbgrader's database."""
