"""Instructors' and authors' tools for the course: build and release lessons, grade submissions, report on the class."""

import sys

# nbformat validates with jsonschema, which imports these where they are installed, to check addresses and durations,
# which notebooks have none of. The first builds a grammar: 1.4 s of every command; the others take 0.03 s.
for _module in ("rfc3987_syntax", "rfc3986_validator", "isoduration"):
    sys.modules.setdefault(_module, None)  # type: ignore[arg-type]
