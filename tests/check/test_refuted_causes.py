"""Causes that other evidence refutes are not named."""

import pytest

from bptt import check
from test_lstm_sequence import written as lstm_loop
from test_rnn_sequence import written as rnn_loop


def causes_of(name, function, seed=1):
    with pytest.raises(check.CheckFailed) as failed:
        getattr(check, name)(function, seed=seed)
    return {cause.id for cause in failed.value.report.causes}


SUM = "sums[name] = sums[name] + gradients[name]"


@pytest.mark.parametrize("seed", [1, 7304])
@pytest.mark.parametrize("gradient", ["dWax", "dWaa", "dba"])
@pytest.mark.parametrize("twice", ["", " + sums[name]"])
def test_that_nothing_enters_the_loop_is_refuted_by_gradients_that_are_right(gradient, twice, seed):
    kept = f"sums[name] = sums[name]{twice} if name == {gradient!r} else sums[name] + gradients[name]"
    assert "no-loss-path-from-zeros" not in causes_of("rnn_backward", rnn_loop((SUM, kept)), seed)


@pytest.mark.parametrize("seed", [1, 7304])
def test_that_nothing_enters_the_loop_is_refuted_where_dx_alone_is_empty(seed):
    empty = rnn_loop(('dx[:, :, t] = gradients["dxt"]', "pass"))
    assert "no-loss-path-from-zeros" not in causes_of("rnn_backward", empty, seed)


@pytest.mark.parametrize("seed", [1, 7304])
def test_zeros_that_a_first_step_has_anyway_prove_no_other_mistake(seed):
    """The memory before step 0 is zero, so that dWf of step 0 is zero, too."""
    forgotten = lstm_loop((SUM, 'sums[name] = sums[name] + gradients[name] * (name != "dWf")'))
    assert "overwrites-instead-of-accumulates" not in causes_of("lstm_backward", forgotten, seed)


@pytest.mark.parametrize("seed", [1, 7304])
def test_a_gradient_that_goes_one_step_back_is_not_said_to_go_none(seed):
    """Its da0 is that of a loop without any carry, and its dx is not."""
    one_step = rnn_loop(
        ('da_prevt = gradients["da_prev"]', 'da_prevt = rnn_cell_backward(da[:, :, t], caches.steps[t])["da_prev"]')
    )
    assert not {"no-time-path", "carry-never-updated"} & causes_of("rnn_backward", one_step, seed)
