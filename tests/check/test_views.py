"""The report as text and as HTML, and how a failed check shows in a notebook."""

import pytest
from IPython.core.compilerop import CachingCompiler
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from attempts import WRONG, back, tidy
from bptt import check
from bptt.check.diagnose import all_mistakes
from bptt.check.findings import REPORT_MIME, Cause, Finding, ReportData
from bptt.check.introspection import defining_cell
from bptt.check.repeated import told_once
from bptt.check.report_html import as_html
from bptt.check.report_text import as_text

CELL = check.EXERCISES["rnn_cell_backward"]


def report_on(function):
    return check.run(CELL, function)


def test_text_names_cause_place_and_next_step():
    text = str(report_on(WRONG["derivative-of-a-prev"][1]))
    assert text.startswith("\N{BALLOT X} rnn_cell_backward: dxt, da_prev, dWax, dWaa and dba are not right yet.")
    assert "The slope of tanh is taken at a_prev (dxt, da_prev, dWax, dWaa and dba)." in text
    assert "yours" in text
    assert "expected" in text
    assert 'check.hint("rnn_cell_backward")' in text
    assert max(map(len, text.splitlines())) <= 96


def test_text_of_a_pass_is_one_line():
    text = str(report_on(tidy))
    assert text == "\N{CHECK MARK} rnn_cell_backward: dxt, da_prev, dWax, dWaa and dba are right."


@pytest.mark.parametrize("view", [as_text, as_html])
@pytest.mark.parametrize("hints", [True, False])
def test_only_an_exercise_with_hints_points_to_them(view, hints):
    found = ReportData("model", ("dW",), (Finding("value", "dW", "dW differs."),), hints=hints)
    assert ("check.hint" in view(found)) == hints


def test_html_shows_wrong_numbers_beside_expected_ones():
    html = as_html(report_on(lambda d, c: tidy(d, c) | {"dxt": 2 * tidy(d, c)["dxt"]}))
    assert html.count("<table") == 2
    assert "<caption" in html
    assert (
        html.count("font-weight:bold") == report_on(lambda d, c: tidy(d, c) | {"dxt": d * 0}).findings[0].expected.size
    )


def test_nothing_that_a_learner_writes_becomes_markup():
    def hostile(da_next, cache):
        print("<script>alert(1)</script>")
        raise ValueError("<img src=x onerror=alert(1)>")

    html = as_html(report_on(hostile))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_html_stays_small_when_a_function_prints_a_lot():
    def chatty(da_next, cache):
        print("step\n" * 100_000)
        return back(da_next, cache)

    html = as_html(report_on(chatty))
    assert "more lines" in html
    assert len(html) < 30_000


@pytest.fixture
def shell():
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


SETUP = """
from bptt import check
def rnn_cell_dz(da_next, cache):
    return da_next * (1 - cache.a_prev**2)
"""


def test_a_failed_check_shows_its_report_and_no_traceback(shell):
    shell.run_cell(SETUP, store_history=True)
    with capture_output() as captured:
        result = shell.run_cell("check.rnn_cell_dz(rnn_cell_dz)", store_history=True)
    assert isinstance(result.error_in_exec, check.CheckFailed)
    (shown,) = captured.outputs
    assert shown.data.keys() == {"text/plain", "text/html", REPORT_MIME}
    assert shown.data[REPORT_MIME]["causes"] == ["derivative-of-a-prev"]
    assert "as In [1] defined it" in shown.data["text/html"]
    assert "Traceback" not in captured.stdout
    assert captured.stdout.count("\n") < 5


def test_the_report_names_the_cell_that_defined_the_function_last(shell):
    shell.run_cell(SETUP, store_history=True)
    shell.run_cell("x = 1", store_history=True)
    shell.run_cell(SETUP.replace("a_prev", "a_next + 0 * cache.a_next"), store_history=True)
    report = check.run(check.EXERCISES["rnn_cell_dz"], shell.user_ns["rnn_cell_dz"])
    assert report.origin == "In [3]"


@pytest.fixture
def older(monkeypatch):
    """Let IPython's compiler be as it is on Colab."""
    monkeypatch.delattr(CachingCompiler, "format_code_name", raising=False)


NEWLINES = "\n\n"


@pytest.mark.usefixtures("older")
def test_an_older_ipython_leads_to_the_same_cell(shell):
    def origin():
        return defining_cell(shell.user_ns["rnn_cell_dz"])

    shell.run_cell(SETUP, store_history=True)
    assert origin() == "In [1]"
    shell.run_cell("%timeit -n 1 -r 1 pass", store_history=True)
    shell.run_cell(SETUP.replace("a_prev", "a_next"), store_history=True)
    assert origin() == "In [3]"
    # Run again unchanged, and with lines at the end that are not kept; in between, a cell that only looks like it.
    shell.run_cell(SETUP + NEWLINES, store_history=True)
    assert origin() == "In [4]"
    shell.run_cell(SETUP.replace("cache.a_prev", "cache.a_next  # not a_prev"), store_history=True)
    shell.run_cell(SETUP, store_history=True)
    shell.run_cell("rnn_cell_dz", store_history=True)
    assert origin() == "In [6]"
    # Magics are translated before Python sees them.
    shell.run_cell(f"%config\n'\f'\n{SETUP.replace('1 -', '1.0 -')}", store_history=True)
    assert origin() == "In [8]"


@pytest.mark.usefixtures("older")
def test_an_older_ipython_names_no_cell_for_what_comes_from_none(shell):
    shell.run_cell("", store_history=True)
    shell.run_cell("import math\nx = 1", store_history=True)
    shell.run_cell("exec('def made(): pass')\ndef of_no_cell(): pass", store_history=False)
    assert defining_cell(shell.user_ns["made"]) == ""
    assert defining_cell(shell.user_ns["of_no_cell"]) == ""
    assert defining_cell(test_an_exercise_that_is_still_to_be_written_is_not_called_wrong) == ""


def test_a_passed_check_leaves_no_value_that_could_be_taken_for_a_mark(shell):
    shell.run_cell(SETUP.replace("a_prev", "a_next"), store_history=True)
    with capture_output() as captured:
        shell.run_cell("check.rnn_cell_dz(rnn_cell_dz)", store_history=True)
    (shown,) = captured.outputs
    assert shown.data[REPORT_MIME]["passed"] is True


def test_an_exercise_that_is_still_to_be_written_is_not_called_wrong():
    def rnn_cell_backward(da_next, cache):
        raise NotImplementedError("rnn_cell_backward is still to be written")

    report = report_on(rnn_cell_backward)
    assert report.summary == "rnn_cell_backward is still to be written."
    assert as_html(report).count(report.summary) == as_text(report).count(report.summary) == 1


CELLS = """
import numpy as np
from bptt import check
def rnn_cell_parameters_backward(dz, cache):
    return {"dWax": dz @ cache.xt.T / dz.shape[1], "dWaa": dz @ cache.a_prev.T / dz.shape[1],
            "dba": dz.sum(axis=1, keepdims=True)}
"""
SHORT = "The same cause as in the report on"


def shown(shell, only, name="rnn_cell_parameters_backward"):
    with capture_output() as captured:
        shell.run_cell(f"check.rnn_cell_parameters_backward({name}, only=[{only!r}])", store_history=True)
    (output,) = captured.outputs
    return output.data


def tells(data):
    """Say what a report tells of its cause: all of it, or where that is."""
    text, explanation = data["text/plain"], check_mean().explanation
    full = " ".join(explanation.split()) in " ".join(text.split())
    assert full == (explanation[:20] in data["text/html"])
    return "full" if full else text.partition(SHORT)[2].split(".")[0].strip()


def check_mean():
    return next(m for m in all_mistakes(CELL) if m.id == "averaged-over-examples")


def test_a_cause_is_told_in_full_once_for_each_definition(shell):
    shell.run_cell(CELLS, store_history=True)
    first = shown(shell, "dWax")
    assert tells(first) == "full"
    second = shown(shell, "dWaa")
    assert tells(second) == "dWax"
    assert second[REPORT_MIME]["causes"] == first[REPORT_MIME]["causes"] == ["averaged-over-examples"]
    assert check_mean().title in second["text/plain"]
    # The cells in another order, or again: the one that told it tells it again, for its earlier output is gone.
    assert tells(shown(shell, "dWax")) == "full"
    assert tells(shown(shell, "dWaa")) == "dWax"
    # A new definition, even of the same words, begins anew.
    shell.run_cell(CELLS, store_history=True)
    assert tells(shown(shell, "dWaa")) == "full"
    assert tells(shown(shell, "dWax")) == "dWaa"


def test_a_cause_that_is_no_longer_shown_is_told_again(shell):
    """The check that told it finds something else later, since the function calls another one that changed."""
    shell.run_cell(CELLS.replace("/ dz.shape[1]", "/ by(dz)"), store_history=True)
    shell.run_cell("by = lambda dz: dz.shape[1]")
    assert tells(shown(shell, "dWax")) == "full"
    assert tells(shown(shell, "dWaa")) == "dWax"
    shell.run_cell("by = lambda dz: 1")
    assert shown(shell, "dWax")[REPORT_MIME]["passed"]
    shell.run_cell("by = lambda dz: dz.shape[1]")
    assert tells(shown(shell, "dWaa")) == "full"


def test_another_cause_is_told_in_full(shell):
    shell.run_cell(CELLS.replace("dz @ cache.a_prev.T / dz.shape[1]", "dz @ cache.a_next.T"), store_history=True)
    assert tells(shown(shell, "dWax")) == "full"
    assert SHORT not in shown(shell, "dWaa")["text/plain"]


def test_a_cause_in_other_words_is_told_in_full():
    """The same kind of cause can name other arrays."""
    reports = [
        check.Report("f", (name,), (Finding("value", name, "differs"),), (Cause("id", "title", words, (name,)),))
        for name, words in (("dWax", "one"), ("dWaa", "two"), ("dba", "one"))
    ]
    told = [told_once(report, reports_of).causes[0].explanation for report in reports]
    assert told == ["one", "two", f"{SHORT} dWax."]


def reports_of():
    """Be what reports are about."""


def test_outside_of_a_notebook_every_report_is_whole():
    space = {}
    exec(CELLS, space)  # noqa: S102 - a cell
    for only in ("dWax", "dWaa"):
        with pytest.raises(check.CheckFailed) as failed:
            check.rnn_cell_parameters_backward(space["rnn_cell_parameters_backward"], only=[only])
        assert SHORT not in str(failed.value)


def test_a_function_that_cannot_be_remembered_is_told_in_full(shell):
    shell.run_cell(CELLS + "class Callable(list):\n    __call__ = staticmethod(rnn_cell_parameters_backward)")
    assert tells(shown(shell, "dWax", "Callable()")) == "full"
    assert tells(shown(shell, "dWaa", "Callable()")) == "full"
