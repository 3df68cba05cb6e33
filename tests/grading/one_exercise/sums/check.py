"""The check that learners call."""


def add(function, only=None):
    assert function(2, 3) == 5, f"2 + 3 is not {function(2, 3)}"
