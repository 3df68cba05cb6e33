"""Instructors' and authors' tools for the course: build and release lessons, grade submissions, report on the class."""

import sys

# nbformat validates with jsonschema, which imports this where it is installed, and then builds a grammar for
# internationalized addresses: 1.4 s of every command, and notebooks have none.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
