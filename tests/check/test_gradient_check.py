"""A whole model's gradients, compared with its loss: right ones pass, and each wrong one is named."""

import numpy as np
import pytest
from autograd import numpy as anp
from autograd import value_and_grad

from bptt import check, inputs
from bptt.activations import softmax

X = np.random.default_rng(2).standard_normal((3, 5))
PARAMETERS = {name: inputs.rnn_parameters(np.random.default_rng(1), 3, 4, 2)[name] for name in ("Wax", "ba", "Wya")}


def loss(parameters, library=np):
    a = library.tanh(library.dot(parameters["Wax"], X) + parameters["ba"])
    z = library.dot(parameters["Wya"], a)
    return library.mean(library.log(library.sum(library.exp(z), axis=0)) - z[0])


def gradients():
    _, found = value_and_grad(lambda parameters: loss(parameters, anp))(PARAMETERS)
    return {f"d{name}": gradient for name, gradient in found.items()}


def test_right_gradients_pass():
    report = check.whole_model(loss, PARAMETERS, {**gradients(), "dx": None})
    assert report.passed
    assert report.graded == ("dWax", "dba", "dWya")
    assert "relative difference" in report.notes[0]


@pytest.mark.parametrize("name", ["dWax", "dba", "dWya"])
@pytest.mark.parametrize("place", [0, -1])
def test_one_wrong_entry_is_enough(name, place):
    wrong = gradients()
    wrong[name].flat[place] *= 1.001
    with pytest.raises(check.CheckFailed) as failed:
        check.whole_model(loss, PARAMETERS, wrong)
    assert failed.value.report.wrong == (name,)
    assert "check.hint" not in str(failed.value)


@pytest.mark.parametrize(("wrong", "said"), [({"dba": np.zeros(4)}, "(4,)"), ({"dba": None}, "no dba")])
def test_missing_and_misshapen_gradients_are_told(wrong, said):
    with pytest.raises(check.CheckFailed, match="not yet: dba") as failed:
        check.whole_model(loss, PARAMETERS, gradients() | wrong)
    assert said in str(failed.value)


def test_a_loss_that_drops_the_imaginary_part_is_told():
    with pytest.raises(TypeError, match="complex"):
        check.whole_model(lambda parameters: np.real(loss(parameters)), PARAMETERS, gradients())


def test_softmax_keeps_complex_numbers():
    def cross_entropy(parameters):
        a = np.tanh(parameters["Wax"] @ X + parameters["ba"])
        return -np.log(softmax(parameters["Wya"] @ a)[0]).mean()

    assert check.whole_model(cross_entropy, PARAMETERS, gradients()).passed
