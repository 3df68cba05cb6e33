"""All gates of the LSTM cell in one array: right ways pass, and mistakes are named as in the stages before."""

from itertools import permutations

import numpy as np
import pytest

from bptt import check, exact
from bptt.activations import sigmoid

RIGHT = """
def lstm_cell_dz(da_next, dc_next, cache):
    a_next, c_next, _, c_prev, ft, it, cct, ot, _, _ = cache
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    dzf = dc * c_prev * ft * (1 - ft)
    dzi = dc * cct * it * (1 - it)
    dzc = dc * it * (1 - cct**2)
    dzo = da_next * np.tanh(c_next) * ot * (1 - ot)
    return {"dz": np.concatenate([dzf, dzi, dzc, dzo]), "dc_prev": dc * ft}
"""
BOTH, DZ, DC_PREV = ("dz", "dc_prev"), ("dz",), ("dc_prev",)
WRONG = [
    ("no-dc-next", BOTH, ("dc_next + ", "")),
    ("tanh-of-c-not-applied", BOTH, ("np.tanh(c_next) ** 2", "c_next ** 2")),
    ("gate-partners-swapped", DZ, ("dc * c_prev", "dc * cct")),
    ("double-activation", DZ, ("cct**2", "np.tanh(cct)**2")),
    ("gate-gradient-after-activation", DZ, (" * ot * (1 - ot)", "")),
    ("forget-gate-missing-in-dc-prev", DC_PREV, ("dc * ft}", "dc}")),
    ("input-gate-in-dc-prev", DC_PREV, ("dc * ft}", "dc * it}")),
    *(
        ("gate-blocks-misordered", DZ, ("dzf, dzi, dzc, dzo", ", ".join(f"dz{gate}" for gate in order)))
        for order in list(permutations("fico"))[1:]
    ),
]


def written(*changes):
    """Write the right function with some changes, as the cell of a notebook would define it."""
    source = RIGHT
    for right, wrong in changes:
        assert right in source
        source = source.replace(right, wrong)
    notebook = {"np": np}
    exec(source, notebook)  # noqa: S102 - a notebook cell
    return notebook["lstm_cell_dz"]


def report_on(function, **options):
    with pytest.raises(check.CheckFailed) as failed:
        check.lstm_cell_dz(function, **options)
    return failed.value.report


def stacked(da_next, dc_next, cache):
    """Gate by gate out of one array, with the forward pass done again."""
    _, _, a_prev, c_prev, *_, xt, p = cache
    both = np.vstack([a_prev, xt])
    z = np.split(np.vstack([p["W" + g] for g in "fico"]) @ both + np.vstack([p["b" + g] for g in "fico"]), 4)
    f, i, o, c = sigmoid(z[0]), sigmoid(z[1]), sigmoid(z[3]), np.tanh(z[2])
    shown = np.tanh(f * c_prev + i * c)
    dc = dc_next + da_next * o * (1 - shown) * (1 + shown)
    factors = np.vstack([c_prev * f / (1 / (1 - f)), c * (i - i**2), i - i * c**2, shown * (o - o * o)])
    return {"dz": factors * np.vstack([dc, dc, dc, da_next]), "dc_prev": f * dc}


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize("function", [written(), stacked])
def test_right_ways_pass(function, seed):
    assert check.lstm_cell_dz(function, seed=seed).passed


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize(("identifier", "spoilt", "change"), WRONG)
def test_each_mistake_is_named_and_no_other(identifier, spoilt, change, seed):
    report = report_on(written(change), seed=seed)
    assert [cause.id for cause in report.causes] == [identifier]
    assert report.wrong == spoilt


def test_two_mistakes_at_once_are_both_named():
    report = report_on(written(WRONG[0][2], ("dc * ft}", "dc * it}")))
    assert {cause.id for cause in report.causes} == {"no-dc-next", "input-gate-in-dc-prev"}


def test_an_unknown_mistake_has_no_cause_and_is_located():
    report = report_on(written(("dc * cct", "1.1 * dc * cct")))
    assert report.causes == ()
    assert "only in rows" in " ".join(report.notes)


def test_it_cannot_be_borrowed():
    assert report_on(exact.lstm_cell_dz).findings[0].kind == "borrowed"
