"""Targets, sampling and gradients of a character model: right ways pass, and each mistake is named, no other."""

import numpy as np
import pytest

from bptt import check, exact, inputs
from bptt.activations import softmax
from bptt.letter_model import LetterModel, letter_forward, one_hot

SEEDS = [1, 2, 3, 7501]
NAMES = {
    "np": np,
    "softmax": softmax,
    "one_hot": one_hot,
    "letter_forward": letter_forward,
    "output_backward": exact.output_backward,
    "rnn_backward": exact.rnn_backward,
}

RIGHT = {
    "next_letter_targets": """
def next_letter_targets(letters, lengths):
    m, T_x = letters.shape
    mark = np.zeros((m, 1), dtype=int)
    inputs = np.concatenate([mark, letters], axis=1)
    targets = np.concatenate([letters, mark], axis=1)
    real = np.arange(T_x + 1) <= lengths[:, None]
    weight = real / real.sum()
    return {"inputs": inputs, "targets": targets, "weight": weight}
""",
    "sample_name": """
def sample_name(model, temperature, seed, longest):
    rng = np.random.default_rng(seed)
    letters = np.zeros(longest, dtype=int)
    letter, a = 0, model.a0
    for t in range(longest):
        z, a = model(letter, a)
        p = softmax(z / temperature)[:, 0]
        letter = rng.choice(len(p), p=p)
        if letter == 0:
            break
        letters[t] = letter
    return letters
""",
    "letter_gradients": """
def letter_gradients(parameters, inputs, targets, weight):
    y_pred, a, caches = letter_forward(parameters, inputs)
    y = one_hot(targets, len(y_pred))
    dense = output_backward(weight * y_pred, weight * y, a, parameters["Wya"])
    cells = rnn_backward(dense["da_loss"], caches)
    return {**{n: cells[n] for n in ["dWax", "dWaa", "dba"]}, "dWya": dense["dWya"], "dby": dense["dby"]}
""",
}
DENSE = 'dense = output_backward(weight * y_pred, weight * y, a, parameters["Wya"])'
SOFTMAX_FIRST = "softmax(z)[:, 0] / temperature\n        p = p / p.sum()"
LAST = "weight = weight * (np.arange(inputs.shape[1]) == inputs.shape[1] - 1)"
WITHOUT_TIME = """cells = {"dWax": 0, "dWaa": 0, "dba": 0}
    for t in range(inputs.shape[1]):
        one = caches._replace(steps=caches.steps[t : t + 1], x=caches.x[:, :, t : t + 1])
        part = rnn_backward(dense["da_loss"][:, :, t : t + 1], one)
        cells = {n: cells[n] + part[n] for n in cells}"""

WRONG = {
    "next_letter_targets": [
        ("targets-not-shifted", [("targets = np.concatenate([letters, mark], axis=1)", "targets = inputs.copy()")]),
        ("shifted-the-wrong-way", [("[mark, letters]", "[0, 0]"), ("[letters, mark]", "[mark, letters]"),
                                   ("[0, 0]", "[letters, mark]")]),
        ("inputs-not-shifted", [("[mark, letters]", "[letters, mark]")]),
        ("end-not-counted", [("<= lengths", "< lengths")]),
        ("first-step-not-counted", [("real.sum()", "real.sum()\n    weight[:, 0] = 0\n    weight /= weight.sum()")]),
        ("padding-counted", [("real / real.sum()", "np.ones(real.shape) / real.size")]),
        ("weight-not-divided", [("real / real.sum()", "real.astype(float)")]),
        ("mean-of-each-name", [("real / real.sum()", "real / real.sum(axis=1, keepdims=True) / m")]),
        ("divided-by-examples", [("real.sum()", "m")]),
        ("divided-by-all-steps", [("real.sum()", "real.size")]),
    ],
    "sample_name": [
        ("temperature-ignored", [("z / temperature", "z")]),
        ("temperature-ignored", [("softmax(z / temperature)[:, 0]", SOFTMAX_FIRST)]),
        ("multiplied-by-temperature", [("z / temperature", "z * temperature")]),
        ("softmax-twice", [("softmax(z / temperature)", "softmax(softmax(z) / temperature)")]),
        ("likeliest-letter", [("rng.choice(len(p), p=p)", "p.argmax()")]),
        ("all-letters-alike", [("rng.choice(len(p), p=p)", "rng.choice(len(p))")]),
        ("letter-not-handed-on", [("model(letter, a)", "model(0, a)")]),
        ("state-not-handed-on", [("z, a = model(letter, a)", "z, _ = model(letter, a)")]),
        ("goes-on-after-the-end", [("            break\n", "            continue\n")]),
        ("generator-starts-anew", [("letter = rng", "letter = np.random.default_rng(seed)")]),
        ("one-place-too-late", [("letters[t] = letter", "letters[t + 1 : t + 2] = letter")]),
    ],
    "letter_gradients": [
        ("weight-forgotten", [("weight * y_pred, weight * y,", "y_pred, y,")]),
        ("mean-over-all-steps", [("weight * y_pred, weight * y,", "y_pred / weight.size, y / weight.size,")]),
        ("divided-again", [(DENSE, f"weight = weight / len(inputs)\n    {DENSE}")]),
        ("divided-again", [(DENSE, f"weight = weight / inputs.shape[1]\n    {DENSE}")]),
        ("no-time-path", [('cells = rnn_backward(dense["da_loss"], caches)', WITHOUT_TIME)]),
        ("last-loss-only", [(DENSE, f"{LAST}\n    {DENSE}")]),
        ("first-loss-only", [(DENSE, f"weight = weight * (np.arange(inputs.shape[1]) == 0)\n    {DENSE}")]),
        ("inputs-as-targets", [("one_hot(targets", "one_hot(inputs")]),
        ("targets-as-inputs", [("letter_forward(parameters, inputs)", "letter_forward(parameters, targets)")]),
        ("sign-reversed", [("weight * y_pred, weight * y,", "weight * y, weight * y_pred,")]),
        ("nothing-reaches-the-cell", [('rnn_backward(dense["da_loss"],', 'rnn_backward(0 * dense["da_loss"],')]),
    ],
}  # fmt: skip
CASES = [(name, *wrong) for name, all_wrong in WRONG.items() for wrong in all_wrong]


def written(name, changes=()):
    code = RIGHT[name]
    for right, wrong in changes:
        assert right in code
        code = code.replace(right, wrong)
    names = dict(NAMES)
    exec(code, names)  # noqa: S102 - a learner's cell
    return names[name]


def with_rolled_columns(letters, lengths):
    targets = np.pad(letters, ((0, 0), (0, 1)))
    weight = (np.arange(targets.shape[1])[None] < lengths[:, None] + 1).astype(float)
    return {
        "inputs": np.roll(targets, 1, axis=1),
        "targets": targets,
        "weight": weight / (lengths.sum() + len(lengths)),
    }


def by_the_inverse_of_the_distribution(model, temperature, seed, longest):
    rng, letters, a = np.random.default_rng(seed), [0], model.a0
    while len(letters) <= longest:
        z, a = model(letters[-1], a)
        p = np.exp((z[:, 0] - z.max()) / temperature)
        letters.append(int(np.searchsorted(np.cumsum(p / p.sum()), rng.random(), side="right")))
        if letters[-1] == 0:
            letters.pop()
            break
    return np.array(letters[1:] + [0] * (longest + 1 - len(letters)))


def without_output_backward(parameters, inputs, targets, weight):
    y_pred, a, caches = letter_forward(parameters, inputs)
    dz = weight * (y_pred - one_hot(targets, len(y_pred)))
    cells = exact.allow_exact(exact.rnn_backward)(np.tensordot(parameters["Wya"].T, dz, 1), caches)
    dense = {"dWya": np.einsum("ijt,kjt->ik", dz, a), "dby": dz.sum(axis=(1, 2))[:, None]}
    return {"dWax": cells["dWax"], "dWaa": cells["dWaa"], "dba": cells["dba"], **dense}


ALSO_RIGHT = {
    "next_letter_targets": with_rolled_columns,
    "sample_name": by_the_inverse_of_the_distribution,
    "letter_gradients": without_output_backward,
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", RIGHT)
def test_right_ways_pass(name, seed):
    for function in (written(name), ALSO_RIGHT[name]):
        assert check.run(check.EXERCISES[name], function, seed=seed).passed


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("name", "identifier", "changes"), CASES)
def test_each_mistake_is_named_and_no_other(name, identifier, changes, seed):
    report = check.run(check.EXERCISES[name], written(name, changes), seed=seed)
    assert not report.passed
    assert [(cause.id, cause.alternatives) for cause in report.causes] == [(identifier, ())]


def test_every_mistake_is_tried():
    for name, wrong in WRONG.items():
        assert {identifier for identifier, _ in wrong} == {mistake.id for mistake in check.EXERCISES[name].mistakes}


def test_a_mistake_of_an_earlier_lesson_costs_nothing():
    function = written("letter_gradients")
    function.__globals__["rnn_backward"] = lambda da, caches: {}
    assert check.letter_gradients(function).passed


@pytest.mark.parametrize("seed", range(20))
def test_a_sampled_name_is_long_enough_to_show_mistakes(seed):
    for sizes in inputs.sizes(seed):
        letters = check.EXERCISES["sample_name"].right(check.EXERCISES["sample_name"].case(seed, sizes))["letters"]
        assert (letters > 0).sum() >= 3


def test_the_model_is_the_rnn_taken_letter_by_letter():
    parameters = inputs.rnn_parameters(np.random.default_rng(1), 6, 4, 6)
    letters = np.array([[0, 3, 5, 2, 2]])
    y_pred, _, _ = letter_forward(parameters, letters)
    assert np.allclose(LetterModel(**parameters).next_letter(letters[0, 1:]), y_pred[:, 0].T, rtol=1e-12)
