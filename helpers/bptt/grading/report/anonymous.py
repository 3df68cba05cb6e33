"""A class without names, to be shown to the class."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bptt.grading.report.class_data import ClassData


def anonymous(data: ClassData) -> ClassData:
    """Return a class whose students are numbers, dealt by lot, and without anything that leads to one of them.

    Reasons go too: names of files stand in them. And two pages of the same class have other numbers.
    """
    ids = list(data.students)
    secrets.SystemRandom().shuffle(ids)
    width = len(str(len(ids)))
    number = {student: f"Student {place:0{width}}" for place, student in enumerate(ids, start=1)}
    entries = {
        (lesson, number[student]): replace(entry, reason="", feedback="")
        for (lesson, student), entry in data.entries.items()
    }
    return replace(
        data,
        students=dict.fromkeys(sorted(number.values()), ""),
        entries=dict(sorted(entries.items())),
    )
