"""A class for lesson 02: right in three ways, blank, and every mistake of the loop over time."""

from submissions.entry import Entry

ASSIGNMENT = "02_sequence_backward"
LOOP = """
da_prevt = np.zeros((n_a, m))
for t in reversed(range(T_x)):
    gradients = rnn_cell_backward(da[:, :, t] + da_prevt, caches.steps[t])
    da_prevt = gradients["da_prev"]
    dx[:, :, t] = gradients["dxt"]
    dWax = dWax + gradients["dWax"]
    dWaa = dWaa + gradients["dWaa"]
    dba = dba + gradients["dba"]
da0 = da_prevt
"""
ALL = ("check-dx", "check-da0", "check-dWax-dWaa", "check-dba")
FROM_LAST = ("da_prevt = np.zeros((n_a, m))", "da_prevt = da[:, :, -1]")
NO_LOSS = ("da[:, :, t] + da_prevt", "da_prevt")

MISTAKES = (
    ("no-time-path", ALL, [("da[:, :, t] + da_prevt", "da[:, :, t]")]),
    ("carry-never-updated", ALL, [('    da_prevt = gradients["da_prev"]\n', "")]),
    ("no-loss-path-from-last", ALL, [FROM_LAST, NO_LOSS]),
    ("no-loss-path-from-zeros", ALL, [NO_LOSS]),
    ("last-step-counted-twice", ALL, [FROM_LAST]),
    ("carry-heaped-up", ALL, [("da_prevt = gradients", "da_prevt = da_prevt + gradients")]),
    ("last-step-left-out", ALL, [("range(T_x)", "range(T_x - 1)")]),
    (
        "overwrites-instead-of-accumulates",
        ALL[2:],
        [("dWax + gradients", "gradients"), ("dWaa + gradients", "gradients"), ("dba + gradients", "gradients")],
    ),
    ("loops-forward-in-time", ALL, [("reversed(range(T_x))", "range(T_x)")]),
    ("same-cache-every-step", ALL, [("steps[t]", "steps[-1]")]),
    ("cache-off-by-one", ALL, [("steps[t]", "steps[t - 1]")]),
    ("skips-first-step", ALL, [("reversed(range(T_x))", "range(T_x - 1, 0, -1)")]),
    ("da0-left-zero", ALL[1:2], [("da0 = da_prevt", "")]),
    ("da0-is-da-at-0", ALL[1:2], [("da0 = da_prevt", "da0 = da[:, :, 0]")]),
    ("bias-broadcast-to-square", ALL[3:], [("da_prevt = np", "dba = np.zeros(n_a)\nda_prevt = np")]),
    ("sliced-wrong-axis", ALL, [("da[:, :, t]", "da[:, t, :]")]),
    ("reads-the-notebook", ALL[1:2], [("da0 = da_prevt", "da0 = da_prevt * from_the_next_state")]),
    (
        "truncated-after-one-step",
        ALL,
        [('= gradients["da_prev"]', '= rnn_cell_backward(da[:, :, t], caches.steps[t])["da_prev"]')],
    ),
    ("da-counted-twice", ALL, [("da[:, :, t] + da_prevt", "da[:, :, t] + da[:, :, t] + da_prevt")]),
    ("carry-taken-from-da", ALL, [('= gradients["da_prev"]', "= da[:, :, t - 1]")]),
    ("da-summed-over-time", ALL, [("da[:, :, t] + da_prevt", "da.sum(axis=2) + da_prevt")]),
    ("da-of-another-step", ALL, [("da[:, :, t] + da_prevt", "da[:, :, -1] + da_prevt")]),
    ("last-step-only", ALL, [("range(T_x)", "range(T_x - 1, T_x)")]),
    ("gradient-left-zero", ALL[3:], [('    dba = dba + gradients["dba"]\n', "")]),
    ("sum-added-to-itself", ALL[3:], [("dba + gradients", "dba + dba + gradients")]),
    ("every-step-added-twice", ALL[3:], [('dba + gradients["dba"]', 'dba + 2 * gradients["dba"]')]),
    ("dx-keeps-one-step", ALL[:1], [("dx[:, :, t] =", "dx = np.zeros_like(dx); dx[:, :, t] =")]),
    ("dx-summed-over-time", ALL[:1], [("dx[:, :, t] =", "dx = (dx if t < T_x - 1 else 0) +")]),
    ("dx-at-another-step", ALL[:1], [("dx[:, :, t] =", "dx[:, :, T_x - 1 - t] =")]),
    (
        "da0-before-first-cell",
        ALL[1:2],
        [
            ('    da_prevt = gradients["da_prev"]\n', '    before, da_prevt = da_prevt, gradients["da_prev"]\n'),
            ("da0 = da_prevt", "da0 = before"),
        ],
    ),
    (
        "da0-summed-over-steps",
        ALL[1:2],
        [
            ("for t in", "total = 0\nfor t in"),
            ('["da_prev"]\n', '["da_prev"]\n    total = total + da_prevt\n'),
            ("da0 = da_prevt", "da0 = total"),
        ],
    ),
    ("carry-has-time-axis", ALL, [("np.zeros((n_a, m))", "np.zeros((n_a, m, T_x))")]),
    (
        "da-changed-in-place",
        ALL,
        [
            ("    gradients = rnn", "    da[:, :, t] += da_prevt\n    gradients = rnn"),
            ("da[:, :, t] + da_prevt,", "da[:, :, t],"),
        ],
    ),
)


def _with(changes):
    code = LOOP
    for right, wrong in changes:
        assert right in code
        code = code.replace(right, wrong)
    return {"rnn_backward": code}


CLASS = (
    Entry("q001", "Amara", "Diallo"),
    Entry("q002", "Björn", "Lindqvist", _with([])),
    Entry(
        "q003",
        "Carmen",
        "Vega",
        {"rnn_backward_per_loss": "return rnn_backward(da, caches)"},
        loses=("check-rnn_backward_per_loss",),
        says="rnn_backward_per_loss: right numbers, but not with the calls that the exercise asks for",
    ),
    Entry("q004", "Daniel", "Kim", blank=True, loses=("*",)),
    Entry("q005", "Elif", "Kaya", {"rnn_backward": "da_prevt = np.zeros(n_a, m"}, loses=ALL),
    *(
        Entry(f"q{100 + number}", "Mistake", identifier, _with(changes), loses=loses, causes=(identifier,))
        for number, (identifier, loses, changes) in enumerate(MISTAKES)
    ),
)
