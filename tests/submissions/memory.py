"""A class for lesson 03: right in three ways, blank, and a mistake in the cell beside one in the loop over time."""

from itertools import zip_longest

from submissions.entry import Entry

ASSIGNMENT = "03_lstm_backward"

# What each function's lines are, right. A mistake is a change in them.
RIGHT = {
    "lstm_cell_dc": "return dc_next + da_next * cache.ot * (1 - np.tanh(cache.c_next) ** 2)",
    "lstm_cell_gates_backward": """\
dzf = dc * cache.c_prev * ft * (1 - ft)
dzi = dc * cct * it * (1 - it)
dzc = dc * it * (1 - cct**2)
dzo = da_next * np.tanh(cache.c_next) * ot * (1 - ot)
return {"dzf": dzf, "dzi": dzi, "dzc": dzc, "dzo": dzo}
""",
    "lstm_cell_parameters_backward": """\
both = np.concatenate([cache.a_prev, cache.xt])
found = {}
for gate, dz in zip("fico", (dzf, dzi, dzc, dzo)):
    found["dW" + gate] = dz @ both.T
    found["db" + gate] = np.sum(dz, axis=1, keepdims=True)
return found
""",
    "lstm_cell_inputs_backward": """\
d_both = sum(parameters["W" + gate].T @ dz for gate, dz in zip("fico", (dzf, dzi, dzc, dzo)))
return {"dxt": d_both[n_a:], "da_prev": d_both[:n_a], "dc_prev": dc * cache.ft}
""",
    "lstm_backward": """\
da_prevt = np.zeros((n_a, m))
dc_prevt = np.zeros((n_a, m))
for t in reversed(range(T_x)):
    gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches.steps[t])
    da_prevt = gradients["da_prev"]
    dc_prevt = gradients["dc_prev"]
    dx[:, :, t] = gradients["dxt"]
    for name in learned:
        learned[name] = learned[name] + gradients[name]
da0 = da_prevt
""",
}

CELL = "check-lstm_cell_backward"
WEIGHTS, BIASES = "check-dWf-dWi-dWc-dWo", "check-dbf-dbi-dbc-dbo"
LOOP = ("check-dx", "check-da0", "check-parameters")

# Mistake, the function that it is made in, the graded cells that it costs, the change.
IN_THE_CELL = (
    ("no-dc-next", "lstm_cell_dc", ("check-dc",), [("dc_next + ", "")]),
    ("no-da-path-into-c", "lstm_cell_dc", ("check-dc",), [(RIGHT["lstm_cell_dc"], "return 1.0 * dc_next")]),
    ("output-gate-missing-in-dc", "lstm_cell_dc", ("check-dc",), [("* cache.ot ", "")]),
    ("tanh-of-c-not-applied", "lstm_cell_dc", ("check-dc",), [("np.tanh(cache.c_next)", "cache.c_next")]),
    (
        "dc-next-changed-in-place",
        "lstm_cell_dc",
        ("check-dc",),
        [("return dc_next + ", "dc_next += "), ("** 2)", "** 2)\nreturn dc_next")],
    ),
    (
        "double-activation",
        "lstm_cell_gates_backward",
        ("check-dzc",),
        [("1 - cct**2", "1 - np.tanh(cct) ** 2")],
    ),
    (
        "gate-gradient-after-activation",
        "lstm_cell_gates_backward",
        ("check-dzo",),
        [(" * ot * (1 - ot)", "")],
    ),
    ("gate-partners-swapped", "lstm_cell_gates_backward", ("check-dzf-dzi",), [("cache.c_prev", "cct")]),
    (
        "gates-copied",
        "lstm_cell_parameters_backward",
        (WEIGHTS, BIASES),
        [("(dzf, dzi, dzc, dzo)", "(dzf, dzi, dzc, dzc)")],
    ),
    (
        "concatenation-order",
        "lstm_cell_parameters_backward",
        (WEIGHTS,),
        [("[cache.a_prev, cache.xt]", "[cache.xt, cache.a_prev]")],
    ),
    ("sum-without-keepdims", "lstm_cell_parameters_backward", (BIASES,), [(", keepdims=True", "")]),
    (
        "state-and-input-exchanged",
        "lstm_cell_inputs_backward",
        ("check-dxt-da_prev",),
        [("d_both[n_a:]", "d_both[:n_a]"), ('"da_prev": d_both[:n_a]', '"da_prev": d_both[n_a:]')],
    ),
    (
        "gate-term-missing",
        "lstm_cell_inputs_backward",
        ("check-dxt-da_prev",),
        [('"fico", (dzf, dzi, dzc, dzo)', '"fic", (dzf, dzi, dzc)')],
    ),
    (
        "forget-gate-missing-in-dc-prev",
        "lstm_cell_inputs_backward",
        ("check-dc_prev",),
        [("dc * cache.ft", "dc.copy()")],
    ),
    ("input-gate-in-dc-prev", "lstm_cell_inputs_backward", ("check-dc_prev",), [("dc * cache.ft", "dc * cache.it")]),
)

START = "da_prevt = np.zeros((n_a, m))"
NO_LOSS = ("da[:, :, t] + da_prevt", "da_prevt")
NO_DA = ("da[:, :, t] + da_prevt", "da[:, :, t]")
ADD = "learned[name] = learned[name] + gradients[name]"
IN_THE_LOOP = (
    ("no-memory-carry", LOOP, [('    dc_prevt = gradients["dc_prev"]\n', "")]),
    ("no-time-path", LOOP, [NO_DA]),
    ("neither-carried", LOOP, [NO_DA, ("dc_prevt, caches", "0 * dc_prevt, caches")]),
    ("memory-gradient-accumulated-twice", LOOP, [("dc_prevt = gradients", "dc_prevt = dc_prevt + gradients")]),
    (
        "shared-arrays",
        LOOP[2:],
        [
            (START, f'for g in "ico":\n    learned["db" + g] = learned["dbf"]\n{START}'),
            (ADD, "learned[name] += gradients[name]"),
        ],
    ),
    (
        "bias-gradients-added-across-gates",
        LOOP[2:],
        [(ADD, 'learned[name] = learned["dbf" if name[1] == "b" else name] + gradients[name]')],
    ),
    ("carries-swapped", LOOP, [("da_prevt, dc_prevt, caches", "dc_prevt, da_prevt, caches")]),
    ("da-added-to-memory-gradient", LOOP, [("dc_prevt, caches", "dc_prevt + da[:, :, t], caches")]),
    ("no-loss-path-from-last", LOOP, [(START, "da_prevt = da[:, :, -1]"), NO_LOSS]),
    ("no-loss-path-from-zeros", LOOP, [NO_LOSS]),
    ("last-step-counted-twice", LOOP, [(START, "da_prevt = da[:, :, -1]")]),
    ("overwrites-instead-of-accumulates", LOOP[2:], [("learned[name] + gradients[name]", "gradients[name]")]),
    ("loops-forward-in-time", LOOP, [("reversed(range(T_x))", "range(T_x)")]),
    ("same-cache-every-step", LOOP, [("steps[t]", "steps[-1]")]),
    ("cache-off-by-one", LOOP, [("steps[t]", "steps[t - 1]")]),
    ("skips-first-step", LOOP, [("reversed(range(T_x))", "range(T_x - 1, 0, -1)")]),
    ("da0-left-zero", LOOP[1:2], [("da0 = da_prevt", "")]),
    ("carry-has-time-axis", LOOP, [("dc_prevt = np.zeros((n_a, m))", "dc_prevt = np.zeros((n_a, m, T_x))")]),
    (
        "da-changed-in-place",
        LOOP,
        [
            ("    gradients = lstm", "    da[:, :, t] += da_prevt\n    gradients = lstm"),
            ("da[:, :, t] + da_prevt,", "da[:, :, t],"),
        ],
    ),
)


def _classic(sum_of_roads):
    """Write the whole cell in one piece, with two roads in each gate, as in the best-known assignment."""
    slopes = {"f": "ft * (1 - ft)", "i": "it * (1 - it)", "c": "(1 - cct**2)"}
    partners = {"f": "cache.c_prev", "i": "cct", "c": "it"}
    both = {gate: sum_of_roads.format(f"dc_next * {other} + through * {other}") for gate, other in partners.items()}
    gates = "\n".join(f"dz{gate} = {both[gate]} * {slope}" for gate, slope in slopes.items())
    return f"""\
ft, it, cct, ot = cache.ft, cache.it, cache.cct, cache.ot
through = ot * (1 - np.tanh(cache.c_next) ** 2) * da_next
{gates}
dzo = da_next * np.tanh(cache.c_next) * ot * (1 - ot)
learned = lstm_cell_parameters_backward(dzf, dzi, dzc, dzo, cache)
return {{**learned, **lstm_cell_inputs_backward(dc_next + through, dzf, dzi, dzc, dzo, cache)}}
"""


def _changed(function, changes):
    code = RIGHT[function]
    for right, wrong in changes:
        assert right in code, right
        code = code.replace(right, wrong)
    return {function: code}


def _two_mistakes(number, cell, loop):
    identifier, function, loses, changes = cell or ("", "", (), ())
    second, lost, loop_changes = loop
    writes = _changed("lstm_backward", loop_changes) | (_changed(function, changes) if cell else {})
    causes = (*([identifier] if cell else []), second)
    return Entry(f"u{100 + number}", "Mistakes", second, writes, loses=(*loses, *lost), causes=causes)


CLASS = (
    Entry("u001", "Amara", "Diallo"),
    Entry("u002", "Björn", "Lindqvist", RIGHT),
    Entry("u003", "Carmen", "Vega", {"lstm_cell_backward": _classic("({})")}),
    Entry("u004", "Daniel", "Kim", blank=True, loses=("*",)),
    Entry("u005", "Elif", "Kaya", {"lstm_backward": "dc_prevt = np.zeros(n_a, m"}, loses=LOOP),
    Entry(
        "u006",
        "Filip",
        "Novák",
        {"lstm_cell_backward": _classic("{}")},
        loses=(CELL,),
        causes=("missing-outer-parentheses",),
    ),
    *(_two_mistakes(number, *both) for number, both in enumerate(zip_longest(IN_THE_CELL, IN_THE_LOOP))),
)
