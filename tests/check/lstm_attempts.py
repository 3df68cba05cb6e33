"""What learners write for one LSTM cell: right ways, and each known mistake as code of its own.

The mistakes are written here as learners make them, not as the catalogue predicts them, so that each proves the other.
"""

from itertools import permutations

import numpy as np

from bptt import check
from bptt.activations import sigmoid

UNPACKED = "    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache\n    n_a, m = a_next.shape\n"
WEIGHTS = '    Wf, Wi, Wc, Wo = (parameters["W" + gate] for gate in "fico")\n'

# The lines of each stage, right; the whole cell is all of them.
LINES = {
    "dc": """
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
""",
    "gates": """
    dzf = dc * c_prev * ft * (1 - ft)
    dzi = dc * cct * it * (1 - it)
    dzc = dc * it * (1 - cct**2)
    dzo = da_next * np.tanh(c_next) * ot * (1 - ot)
""",
    "parameters": """
    both = np.concatenate([a_prev, xt])
    dWf = dzf @ both.T
    dWi = dzi @ both.T
    dWc = dzc @ both.T
    dWo = dzo @ both.T
    dbf = np.sum(dzf, axis=1, keepdims=True)
    dbi = np.sum(dzi, axis=1, keepdims=True)
    dbc = np.sum(dzc, axis=1, keepdims=True)
    dbo = np.sum(dzo, axis=1, keepdims=True)
""",
    "inputs": """
    da_prev = Wf[:, :n_a].T @ dzf + Wi[:, :n_a].T @ dzi + Wc[:, :n_a].T @ dzc + Wo[:, :n_a].T @ dzo
    dxt = Wf[:, n_a:].T @ dzf + Wi[:, n_a:].T @ dzi + Wc[:, n_a:].T @ dzc + Wo[:, n_a:].T @ dzo
    dc_prev = dc * ft
""",
}

# The same before the parameters, in one piece, as those write it who have done the classic assignment.
ONE_PIECE = {
    "gates": """
    dzf = (dc_next * c_prev + ot * (1 - np.tanh(c_next) ** 2) * c_prev * da_next) * ft * (1 - ft)
    dzi = (dc_next * cct + ot * (1 - np.tanh(c_next) ** 2) * cct * da_next) * it * (1 - it)
    dzc = (dc_next * it + ot * (1 - np.tanh(c_next) ** 2) * it * da_next) * (1 - cct ** 2)
    dzo = da_next * np.tanh(c_next) * ot * (1 - ot)
""",
    "parameters": LINES["parameters"],
    "inputs": LINES["inputs"].replace("dc * ft", "dc_next * ft + ot * (1 - np.tanh(c_next) ** 2) * ft * da_next"),
}


def written(name, *changes, stage=None, lines=LINES):
    """Write one of the functions, with changes in the lines of one stage, as the cell of a notebook would define it."""
    exercise = check.EXERCISES[name]
    own = next((part for part in lines if name.startswith(f"lstm_cell_{part}")), None)
    parts = {own: lines[own]} if own else dict(lines)
    for right, wrong in changes:
        assert right in parts[own or stage], right
        parts[own or stage] = parts[own or stage].replace(right, wrong)
    returned = ", ".join(f'"{gradient}": {gradient}' for gradient in exercise.shapes)
    result = "dc" if exercise.bare else f"{{{returned}}}"
    head = f"def {name}({', '.join(exercise.arguments)}):\n{UNPACKED}{WEIGHTS}"
    notebook = {"np": np, "sigmoid": sigmoid}
    exec(f"{head}{''.join(parts.values())}    return {result}\n", notebook)  # noqa: S102 - a notebook cell
    return notebook[name]


# Right ways to write the whole cell.


def loops(da_next, dc_next, cache):
    """One number after the other."""
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    both = np.concatenate([a_prev, xt])
    d_both, dc_prev = np.zeros_like(both), np.zeros_like(c_prev)
    learned = {"d" + name: np.zeros_like(parameters[name]) for gate in "fico" for name in ("W" + gate, "b" + gate)}
    for i, j in np.ndindex(a_next.shape):
        dc = dc_next[i, j] + da_next[i, j] * ot[i, j] / np.cosh(c_next[i, j]) ** 2
        dc_prev[i, j] = dc * ft[i, j]
        of_gate = {
            "f": dc * c_prev[i, j] * ft[i, j] * (1 - ft[i, j]),
            "i": dc * cct[i, j] * it[i, j] * (1 - it[i, j]),
            "c": dc * it[i, j] * (1 - cct[i, j]) * (1 + cct[i, j]),
            "o": da_next[i, j] * a_next[i, j] * (1 - ot[i, j]),
        }
        for gate, dz in of_gate.items():
            learned["dW" + gate][i] += dz * both[:, j]
            learned["db" + gate][i, 0] += dz
            d_both[:, j] += dz * parameters["W" + gate][i]
    return {"da_prev": d_both[: len(a_prev)], "dxt": d_both[len(a_prev) :], "dc_prev": dc_prev, **learned}


def one_stacked_product(da_next, dc_next, cache):
    """All gates in one matrix, in an order of their own, with the biases as one more column."""
    p, n_a = cache.parameters, len(cache.a_prev)
    dc = da_next * cache.ot * (1 - np.square(np.tanh(cache.c_next)))
    dc += dc_next
    gates = np.stack([cache.it, cache.ft, cache.ot])
    di_df_do = np.stack([dc * cache.cct, dc * cache.c_prev, da_next * np.tanh(cache.c_next)]) * gates * (1 - gates)
    dz = np.concatenate([*di_df_do, dc * cache.it * (1 - cache.cct**2)])
    values = np.concatenate([cache.a_prev, cache.xt, np.ones((1, dz.shape[1]))])
    W = np.hstack([np.concatenate([p[kind + g] for g in "ifoc"]) for kind in "Wb"])
    d_values, d_weights = W.T @ dz, dz @ values.T
    result = {"da_prev": d_values[:n_a], "dxt": d_values[n_a:-1], "dc_prev": dc * cache.ft}
    for gate, block in zip("ifoc", np.split(d_weights, 4), strict=True):
        result |= {"dW" + gate: block[:, :-1], "db" + gate: block[:, -1:]}
    return result


def recomputes_everything(da_next, dc_next, cache):
    """Nothing but what flowed in, with einsum."""
    _, _, a_prev, c_prev, *_, xt, p = cache
    both = np.vstack((a_prev, xt))
    f, i, o = (1 / (1 + np.exp(-(p["W" + g] @ both + p["b" + g]))) for g in "fio")
    candidate = np.tanh(p["Wc"] @ both + p["bc"])
    shown = np.tanh(f * c_prev + i * candidate)
    dc = dc_next + np.einsum("ij,ij,ij->ij", da_next, o, 1 - shown * shown)
    dz = {
        "f": dc * c_prev * (f - f * f),
        "i": dc * candidate * i / (1 + i / (1 - i)),
        "c": i * dc - i * dc * candidate**2,
        "o": shown * da_next * o * (1 - o),
    }
    d_both = sum(np.einsum("ik,ij->kj", p["W" + g], dz[g]) for g in "fico")
    da_prev, dxt = np.split(d_both, [len(a_prev)])
    learned = {"dW" + g: np.einsum("ij,kj->ik", dz[g], both) for g in "fico"}
    biases = {"db" + g: np.einsum("ij->i", dz[g]).reshape(-1, 1) for g in "fico"}
    return {"dxt": dxt, "da_prev": da_prev, "dc_prev": f * dc, **learned, **biases}


def single_precision(da_next, dc_next, cache):
    return {name: g.astype(np.float32) for name, g in one_stacked_product(da_next, dc_next, cache).items()}


RIGHT = (
    written("lstm_cell_backward"),
    written("lstm_cell_backward", lines=ONE_PIECE),
    loops,
    one_stacked_product,
    recomputes_everything,
    single_precision,
)

DC, DZF, DZI, DZC, DZO = (line.strip() for stage in ("dc", "gates") for line in LINES[stage].strip().splitlines())
DZ = ("dzf", "dzi", "dzc", "dzo")
LINE = dict(zip("fico", (DZF, DZI, DZC, DZO), strict=True))
PARTNER = {"f": "c_prev", "i": "cct", "c": "it", "o": "np.tanh(c_next)"}
ARRIVING = {"f": "dc", "i": "dc", "c": "dc", "o": "da_next"}
FACTORS = {x: f"{ARRIVING[x]} * {PARTNER[x]}" for x in "fico"}
OWN = {"f": "ft", "i": "it", "c": "cct", "o": "ot"}
DW = ("dWf", "dWi", "dWc", "dWo")
DB = ("dbf", "dbi", "dbc", "dbo")
SLOPE = "(1 - np.tanh(c_next) ** 2)"
SLOPES = (" * ft * (1 - ft)", " * it * (1 - it)", " * (1 - cct**2)", " * ot * (1 - ot)")
SECOND_TERM = " + da_next * ot * (1 - np.tanh(c_next) ** 2)"
AWAY = [(slope, "") for slope in SLOPES]
AGAIN = [
    ("ft * (1 - ft)", "sigmoid(ft) * (1 - sigmoid(ft))"),
    ("it * (1 - it)", "sigmoid(it) * (1 - sigmoid(it))"),
    ("1 - cct**2", "1 - np.tanh(cct)**2"),
    ("ot * (1 - ot)", "sigmoid(ot) * (1 - sigmoid(ot))"),
]
ONE_LINE_INPUTS = "    d_both = Wf.T @ dzf + Wi.T @ dzi + Wc.T @ dzc + Wo.T @ dzo\n"
DA_PREV, DXT, _ = (line.strip() for line in LINES["inputs"].strip().splitlines())

B = f"ot * {SLOPE}"
OUTPUT_SLOPE = {"f": "ft * (1 - ft)", "i": "it * (1 - it)", "c": "(1 - cct**2)", "o": "ot * (1 - ot)"}
ROAD_TWICE = {x: f"(dc * {PARTNER[x]} + {B} * {PARTNER[x]} * da_next) * {OUTPUT_SLOPE[x]}" for x in "fic"}
SOME_WEIGHTS = "dWf, dWi, dWc, dWo = (dz @ np.concatenate([a_prev, xt]).T for dz in (dzf, dzi, dzc, dzo))\n    da_prev"


def gradients_for(*weights):
    """Change the weights in some terms into their gradients."""
    return [("da_prev", SOME_WEIGHTS), *((f" {old}", f" d{old}") for old in weights)]


def printed_dzc(first):
    """Write the line of the candidate as texts have printed it, and half mended."""
    for squared in ("cct", "np.tanh(cct)", "np.tanh(it)"):
        yield f"dzc = {first} * it + {B} * it * da_next * cct * (1 - {squared} ** 2)"
        yield f"dzc = ({first} * it + {B} * it * da_next * cct) * (1 - {squared} ** 2)"


# Stage, mistake, what it spoils in that stage, and what a learner writes in place of what.
WRONG = [
    ("dc", "no-dc-next", ("dc",), [("dc_next + ", "")]),
    ("dc", "no-da-path-into-c", ("dc",), [(SECOND_TERM, "")]),
    ("dc", "output-gate-missing-in-dc", ("dc",), [("ot * (1", "(1")]),
    ("dc", "tanh-of-c-not-applied", ("dc",), [("np.tanh(c_next) ** 2", "c_next**2")]),
    ("dc", "slope-of-a-next", ("dc",), [("np.tanh(c_next) ** 2", "a_next**2")]),
    ("dc", "slope-at-c-prev", ("dc",), [(SLOPE, "(1 - np.tanh(c_prev) ** 2)")]),
    ("dc", "missing-tanh-derivative", ("dc",), [(f" * {SLOPE}", "")]),
    ("dc", "square-forgotten", ("dc",), [(SLOPE, "(1 - np.tanh(c_next))")]),
    ("dc", "square-outside", ("dc",), [(SLOPE, "(1 - np.tanh(c_next)) ** 2")]),
    ("dc", "sigmoid-derivative", ("dc",), [(SLOPE, "np.tanh(c_next) * (1 - np.tanh(c_next))")]),
    ("dc", "value-for-slope", ("dc",), [(SLOPE, "np.tanh(c_next)")]),
    ("dc", "da-next-unchanged-in-dc", ("dc",), [(SECOND_TERM, " + da_next")]),
    ("dc", "ignored-da-next", ("dc",), [("da_next * ot", "ot")]),
    ("dc", "uses-multiplied", ("dc",), [("dc_next + ", "dc_next * ")]),
    ("dc", "uses-averaged", ("dc",), [(DC, f"dc = ({DC[5:]}) / 2")]),
    ("dc", "roads-joined-too-early", ("dc",), [("dc_next + da_next", "(dc_next + da_next)")]),
    ("dc", "roads-joined-too-early", ("dc",), [("dc_next + da_next * ot", "(dc_next + da_next * ot)")]),
    ("dc", "roads-joined-too-early", ("dc",), [(DC, f"dc = ot * (dc_next + da_next * {SLOPE})")]),
    ("dc", "another-gate-in-dc", ("dc",), [("* ot", "* ft")]),
    ("dc", "another-gate-in-dc", ("dc",), [("* ot", "* it")]),
    ("dc", "forget-gate-in-dc", ("dc",), [("dc_next +", "dc_next * ft +")]),
    ("dc", "forget-gate-in-dc", ("dc",), [(DC, f"dc = ({DC[5:]}) * ft")]),
    ("dc", "slope-at-c-prev", ("dc",), [(SLOPE, "(1 - c_prev * c_prev)")]),
    ("dc", "slope-of-candidate-in-dc", ("dc",), [(SLOPE, "(1 - cct**2)")]),
    ("dc", "tanh-twice-in-dc", ("dc",), [(DC, f"tc = np.tanh(c_next); {DC.replace('c_next)', 'tc)')}")]),
    ("dc", "square-inside-tanh", ("dc",), [(SLOPE, "(1 - np.tanh(c_next**2))")]),
    ("dc", "plus-in-slope", ("dc",), [(SLOPE, "(1 + np.tanh(c_next) ** 2)")]),
    ("dc", "sign-reversed", ("dc",), [(SLOPE, "(np.tanh(c_next) ** 2 - 1)")]),
    ("dc", "sign-reversed", ("dc",), [("dc_next + ", "dc_next - ")]),
    ("dc", "divided-by-slope", ("dc",), [(f"* {SLOPE}", f"/ {SLOPE}")]),
    ("dc", "slope-split-by-parentheses", ("dc",), [(SLOPE, "1 - np.tanh(c_next) ** 2")]),
    *(
        ("dc", "slope-split-by-parentheses", ("dc",), [(f"da_next * {B}", wrong)])
        for wrong in (
            "ot * (1 - np.tanh(c_next) ** 2 * da_next)",
            "da_next * (1 - np.tanh(c_next) ** 2 * ot)",
            "(1 - np.tanh(c_next) ** 2 * da_next * ot)",
        )
    ),
    ("dc", "one-minus-forgotten", ("dc",), [(SLOPE, "np.tanh(c_next) ** 2")]),
    ("dc", "sigmoid-derivative", ("dc",), [(SLOPE, "sigmoid(c_next) * (1 - sigmoid(c_next))")]),
    ("dc", "upstream-gradients-exchanged", ("dc",), [(DC, f"dc = da_next + dc_next * {B}")]),
    *(("dc", "another-factor-in-dc", ("dc",), [(DC, f"dc = ({DC[5:]}) * {x}")]) for x in ("it", "ot", "cct")),
    *(("dc", "another-factor-in-dc", ("dc",), [("* ot", f"* ot * {x}")]) for x in ("it", "ot", "cct")),
    ("dc", "forget-gate-in-dc", ("dc",), [("* ot", "* ot * ft")]),
    ("dc", "dc-next-changed-in-place", (), [(DC, f"dc_next += da_next * ot * {SLOPE}; dc = dc_next.copy()")]),
    ("gates", "gate-gradient-after-activation", DZ, AWAY),
    *(("gates", "gate-gradient-after-activation", (dz,), [change]) for dz, change in zip(DZ, AWAY, strict=True)),
    ("gates", "double-activation", DZ, AGAIN),
    *(("gates", "double-activation", (dz,), [change]) for dz, change in zip(DZ, AGAIN, strict=True)),
    *(("gates", "factor-forgotten", (f"dz{x}",), [(f"{x}t * (1 - {x}t)", f"{x}t")]) for x in "fio"),
    *(("gates", "factor-forgotten", (f"dz{x}",), [(f"{x}t * (1 - {x}t)", f"(1 - {x}t)")]) for x in "fio"),
    *(("gates", "slopes-exchanged", (f"dz{x}",), [(f"{x}t * (1 - {x}t)", f"(1 - {x}t**2)")]) for x in "fio"),
    *(
        ("gates", "slope-of-another-gate", (f"dz{x}",), [(f"{x}t * (1 - {x}t)", f"{y}t * (1 - {y}t)")])
        for x, y in permutations("fio", 2)
    ),
    *(("gates", "slope-counted-twice", (dz,), [(slope, slope * 2)]) for dz, slope in zip(DZ, SLOPES, strict=True)),
    *(("gates", "partner-missing", (f"dz{x}",), [(FACTORS[x], ARRIVING[x])]) for x in "fico"),
    *(("gates", "product-not-swapped", (f"dz{x}",), [(FACTORS[x], f"{ARRIVING[x]} * {OWN[x]}")]) for x in "fico"),
    *(
        ("gates", "gates-copied", (f"dz{x}",), [(LINE[x], f"dz{x} = {LINE[y][6:]}")])
        for x, y in permutations("fico", 2)
    ),
    ("gates", "factor-forgotten", ("dzf", "dzi", "dzo"), [(f" * (1 - {g})", "") for g in ("ft", "it", "ot")]),
    ("gates", "slopes-exchanged", ("dzc",), [("(1 - cct**2)", "cct * (1 - cct)")]),
    ("gates", "slope-counted-twice", DZ, [(slope, slope + slope) for slope in SLOPES]),
    (
        "gates",
        "product-not-swapped",
        ("dzf", "dzi", "dzc"),
        [("c_prev", "ft"), (DZI, "dzi = dc * it * it * (1 - it)"), (DZC, "dzc = dc * cct * (1 - cct**2)")],
    ),
    ("gates", "gate-partners-swapped", ("dzf", "dzi"), [("cct * it", "XX * it"), ("c_prev", "cct"), ("XX", "c_prev")]),
    ("gates", "gate-partners-swapped", ("dzf",), [("c_prev", "cct")]),
    ("gates", "another-state-for-c-prev", ("dzf",), [("c_prev", "c_next")]),
    ("gates", "another-state-for-c-prev", ("dzf",), [("c_prev", "a_prev")]),
    ("gates", "another-gate-in-dzc", ("dzc",), [("it * (1 - cct**2)", "ft * (1 - cct**2)")]),
    ("gates", "another-gate-in-dzc", ("dzc",), [("it * (1 - cct**2)", "ot * (1 - cct**2)")]),
    ("gates", "square-forgotten", ("dzc",), [("cct**2", "cct")]),
    ("gates", "square-outside", ("dzc",), [("(1 - cct**2)", "(1 - cct)**2")]),
    ("gates", "c-next-for-tanh-of-c", ("dzo",), [("np.tanh(c_next)", "c_next")]),
    ("gates", "a-next-for-tanh-of-c", ("dzo",), [("np.tanh(c_next)", "a_next")]),
    ("gates", "a-next-for-tanh-of-c", ("dzo",), [("* ot", "* ot * ot")]),
    ("gates", "dc-for-da-next", ("dzo",), [("da_next", "dc")]),
    ("gates", "da-next-for-dc", ("dzf", "dzi", "dzc"), [("dc *", "da_next *")]),
    ("gates", "da-next-for-dc", ("dzi",), [("dc * cct", "da_next * cct")]),
    ("gates", "ignored-upstream", DZ, [("= dc * ", "= "), ("= da_next * ", "= ")]),
    ("gates", "ignored-upstream", ("dzf",), [("dc * c_prev", "c_prev")]),
    *(
        ("gates", identifier, (f"dz{x}",), [(f"{x}t * (1 - {x}t)", wrong.replace("g", f"{x}t"))])
        for x in "fio"
        for identifier, wrong in (
            ("plus-in-slope", "g * (1 + g)"),
            ("sign-reversed", "g * (g - 1)"),
            ("slopes-exchanged", "(1 - np.tanh(g) ** 2)"),
            ("square-in-sigmoid-slope", "g * (1 - g**2)"),
            ("square-in-sigmoid-slope", "g * (1 - g) ** 2"),
            ("slope-of-another-gate", "(1 - cct**2)"),
            ("slope-split-by-parentheses", "g * 1 - g"),
        )
    ),
    *(
        ("gates", "slope-split-by-parentheses", (f"dz{x}",), [(LINE[x], f"dz{x} = {x}t * (1 - {x}t * {FACTORS[x]})")])
        for x in "fio"
    ),
    *(
        ("gates", "slope-of-another-gate", (f"dz{x}",), [(f"{x}t * (1 - {x}t)", f"{a}t * (1 - {b}t)")])
        for x, y in permutations("fio", 2)
        for a, b in ((x, y), (y, x))
    ),
    *(
        ("gates", "divided-by-slope", (dz,), [(slope, f" / ({slope[3:]})")])
        for dz, slope in zip(DZ, SLOPES, strict=True)
    ),
    *(
        ("gates", identifier, ("dzc",), [("(1 - cct**2)", wrong)])
        for identifier, wrong in (
            ("plus-in-slope", "(1 + cct**2)"),
            ("one-minus-forgotten", "cct**2"),
            ("candidate-in-its-own-gradient", "cct * (1 - cct**2)"),
            ("candidate-in-its-own-gradient", "cct * (1 - np.tanh(cct) ** 2)"),
            ("sign-reversed", "(cct**2 - 1)"),
            ("square-inside-tanh", "(1 - np.tanh(cct**2))"),
            ("value-for-slope", "cct"),
            ("slopes-exchanged", "sigmoid(cct) * (1 - sigmoid(cct))"),
            ("slope-split-by-parentheses", "1 - cct**2"),
            ("candidate-slope-elsewhere", "it * (1 - it)"),
            ("candidate-slope-elsewhere", "ft * (1 - ft)"),
            ("candidate-slope-elsewhere", "ot * (1 - ot)"),
            ("candidate-slope-elsewhere", "(1 - it**2)"),
            ("candidate-slope-elsewhere", "(1 - np.tanh(it) ** 2)"),
            ("candidate-slope-elsewhere", SLOPE),
            ("candidate-slope-elsewhere", "(1 - c_next**2)"),
            ("candidate-slope-elsewhere", "(1 - a_next**2)"),
        )
    ),
    *(
        ("gates", "slope-split-by-parentheses", ("dzc",), [(DZC, f"dzc = {wrong}")])
        for wrong in ("it * (1 - cct**2 * dc)", "dc * (1 - cct**2 * it)", "1 - cct**2 * dc * it")
    ),
    *(("gates", "da-next-counted-twice", (f"dz{x}",), [(LINE[x], f"dz{x} = {ROAD_TWICE[x]}")]) for x in "fic"),
    (
        "gates",
        "da-next-counted-twice",
        ("dzf", "dzi", "dzc"),
        [(LINE[x], f"dz{x} = {ROAD_TWICE[x]}") for x in "fic"],
    ),
    *(
        (
            "gates",
            "da-next-counted-twice",
            (f"dz{x}",),
            [(LINE[x], f"dz{x} = dc * {PARTNER[x]} + {B} * {PARTNER[x]} * da_next * {OUTPUT_SLOPE[x]}")],
        )
        for x in "fic"
    ),
    *(("gates", "candidate-in-its-own-gradient", ("dzc",), [(DZC, line)]) for line in printed_dzc("dc")),
    ("gates", "old-memory-in-dzo", ("dzo",), [("np.tanh(c_next)", "np.tanh(c_prev)")]),
    ("gates", "old-memory-in-dzo", ("dzo",), [("np.tanh(c_next)", "c_prev")]),
    ("gates", "tanh-slope-in-dzo", ("dzo",), [("np.tanh(c_next)", SLOPE)]),
    ("gates", "tanh-slope-in-dzo", ("dzo",), [("np.tanh(c_next)", f"np.tanh(c_next) * {SLOPE}")]),
    ("gates", "tanh-slope-in-dzo", ("dzo",), [(" * ot * (1 - ot)", f" * {SLOPE}")]),
    ("gates", "tanh-slope-in-dzo", ("dzo",), [(" * (1 - ot)", f" * {SLOPE}")]),
    ("gates", "tanh-slope-in-dzo", ("dzo",), [(DZO, f"dzo = da_next * ot * {SLOPE}")]),
    ("parameters", "weight-gradient-transposed", DW, [(f"{dz} @ both.T", f"both @ {dz}.T") for dz in DZ]),
    ("parameters", "weight-gradient-transposed", ("dWc",), [("dzc @ both.T", "both @ dzc.T")]),
    ("parameters", "value-for-gradient", DW, [(f"dz{x} @ both.T", f"W{x}") for x in "fico"]),
    ("parameters", "value-for-gradient", ("dbi",), [("np.sum(dzi, axis=1, keepdims=True)", 'parameters["bi"]')]),
    ("parameters", "still-zero", ("dWc",), [("dzc @ both.T", "np.zeros_like(Wc)")]),
    ("parameters", "still-zero", DB, [(f"np.sum(dz{x}, axis=1, keepdims=True)", "np.zeros((n_a, 1))") for x in "fico"]),
    ("parameters", "sum-without-keepdims", DB, [(", keepdims=True", "")]),
    ("parameters", "bias-summed-over-wrong-axis", DB, [("axis=1", "axis=0")]),
    ("parameters", "bias-summed-over-wrong-axis", ("dbi",), [("dzi, axis=1, keepdims=True", "dzi, axis=0")]),
    ("parameters", "bias-not-summed", DB, [(f"np.sum({dz}, axis=1, keepdims=True)", dz) for dz in DZ]),
    ("parameters", "bias-is-mean", DB, [("np.sum", "np.mean")]),
    ("parameters", "averaged-over-examples", DW + DB, [("both.T", "both.T / m"), ("np.sum", "np.mean")]),
    ("parameters", "concatenation-order", DW, [("[a_prev, xt]", "[xt, a_prev]")]),
    ("parameters", "half-of-the-input", DW, [("both.T", "xt.T")]),
    ("parameters", "half-of-the-input", DW, [("both.T", "a_prev.T")]),
    ("parameters", "weights-use-a-next", DW, [("[a_prev,", "[a_next,")]),
    ("parameters", "weights-use-c-prev", DW, [("[a_prev,", "[c_prev,")]),
    *(
        ("parameters", "gates-copied", (f"dW{x}", f"db{x}"), [(f"dz{x} @", f"dz{y} @"), (f"dz{x},", f"dz{y},")])
        for x, y in permutations("fico", 2)
    ),
    ("parameters", "gates-copied", ("dWo",), [("dzo @", "dzc @")]),
    (
        "parameters",
        "slope-counted-twice",
        DW + DB,
        [(f"{dz} @", f"({dz}{slope}) @") for dz, slope in zip(DZ, SLOPES, strict=True)]
        + [(f"np.sum({dz}", f"np.sum({dz}{slope}") for dz, slope in zip(DZ, SLOPES, strict=True)],
    ),
    (
        "inputs",
        "slope-counted-twice",
        ("dxt", "da_prev"),
        [
            ("    da_prev", "    dzf, dzi = dzf * ft * (1 - ft), dzi * it * (1 - it)\n    da_prev"),
            ("    da_prev", "    dzc, dzo = dzc * (1 - cct**2), dzo * ot * (1 - ot)\n    da_prev"),
        ],
    ),
    (
        "inputs",
        "input-gradient-transposed",
        ("dxt", "da_prev"),
        [(DA_PREV, f"da_prev = ({DA_PREV[10:]}).T"), (DXT, f"dxt = ({DXT[6:]}).T")],
    ),
    (
        "inputs",
        "concatenation-order",
        ("dxt", "da_prev"),
        [("[:, :n_a]", "[:, len(xt):]"), ("[:, n_a:]", "[:, :len(xt)]")],
    ),
    (
        "inputs",
        "wrong-split-of-W",
        ("dxt", "da_prev"),
        [("[:, :n_a]", "[:, :len(xt)]"), ("[:, n_a:]", "[:, len(xt):]")],
    ),
    ("inputs", "concatenation-order", ("da_prev",), [("Wo[:, :n_a]", "Wo[:, len(xt):]")]),
    ("inputs", "concatenation-order", ("dxt",), [(f"W{x}[:, n_a:]", f"W{x}[:, :len(xt)]") for x in "fi"]),
    ("inputs", "wrong-split-of-W", ("da_prev",), [("[:, :n_a]", "[:, :len(xt)]")]),
    ("inputs", "wrong-split-of-W", ("dxt",), [("[:, n_a:]", "[:, len(xt):]")]),
    (
        "inputs",
        "state-and-input-exchanged",
        ("dxt", "da_prev"),
        [(DA_PREV, f"{ONE_LINE_INPUTS.strip()}; da_prev = d_both[n_a:]"), (DXT, "dxt = d_both[:n_a]")],
    ),
    (
        "inputs",
        "state-and-input-exchanged",
        ("dxt", "da_prev"),
        [(":n_a]", "n_a#]"), ("n_a:]", ":n_a]"), ("n_a#]", "n_a:]")],
    ),
    ("inputs", "state-and-input-exchanged", ("dxt",), [("[:, n_a:]", "[:, :n_a]")]),
    (
        "inputs",
        "gradient-for-weights",
        ("dxt", "da_prev"),
        gradients_for(*(f"W{x}[:, {half}]" for x in "fico" for half in (":n_a", "n_a:"))),
    ),
    ("inputs", "gradient-for-weights", ("dxt", "da_prev"), gradients_for("Wf[:, :n_a]", "Wo[:, n_a:]", "Wc[:, n_a:]")),
    ("inputs", "gradient-for-weights", ("da_prev",), gradients_for("Wi[:, :n_a]", "Wo[:, :n_a]")),
    ("inputs", "gradient-for-weights", ("dxt",), gradients_for(*(f"W{x}[:, n_a:]" for x in "fico"))),
    (
        "inputs",
        "gates-for-weights",
        ("dxt", "da_prev"),
        [(f"W{x}[:, {half}].T", f"{OWN[x]}.T") for x in "fico" for half in (":n_a", "n_a:")],
    ),
    ("inputs", "gates-for-weights", ("dxt", "da_prev"), [(f"W{x}[", f"{OWN[x]}[") for x in "fico"]),
    ("inputs", "gates-for-weights", ("da_prev",), [(f"W{x}[:, :n_a].T @", f"{OWN[x]} *") for x in "fico"]),
    ("inputs", "gates-for-weights", ("da_prev",), [("Wc[:, :n_a].T @", "cct *")]),
    ("inputs", "untransposed-W", ("da_prev",), [("Wi[:, :n_a].T", "Wi[:, :n_a]")]),
    ("inputs", "untransposed-W", ("da_prev",), [(f"W{x}[:, :n_a].T", f"W{x}[:, :n_a]") for x in "fc"]),
    ("inputs", "dc-prev-added-to-da-prev", ("da_prev",), [(DA_PREV, f"{DA_PREV} + dc * ft")]),
    (
        "inputs",
        "state-and-memory-exchanged",
        ("da_prev", "dc_prev"),
        [("dc_prev = dc * ft", "dc_prev, da_prev = da_prev, dc * ft")],
    ),
    ("inputs", "state-and-memory-exchanged", ("da_prev",), [("dc_prev = dc * ft", "da_prev = dc_prev = dc * ft")]),
    ("inputs", "through-the-tanh-before", ("da_prev",), [(DA_PREV, f"da_prev = ({DA_PREV[10:]}) * (1 - a_prev**2)")]),
    ("inputs", "value-for-gradient", ("dxt", "da_prev"), [(DXT, "dxt = xt"), (DA_PREV, "da_prev = a_prev")]),
    ("inputs", "value-for-gradient", ("da_prev", "dc_prev"), [("dc * ft", "c_next"), (DA_PREV, "da_prev = a_next")]),
    ("inputs", "value-for-gradient", ("dc_prev",), [("dc * ft", "c_prev")]),
    ("inputs", "still-zero", ("dxt",), [(DXT, "dxt = np.zeros_like(xt)")]),
    ("inputs", "still-zero", ("da_prev",), [(DA_PREV, "da_prev = np.zeros_like(a_prev)")]),
    ("inputs", "still-zero", ("dc_prev",), [("dc * ft", "0 * dc")]),
    ("inputs", "forget-gate-counted-twice", ("dc_prev",), [("dc * ft", "dc * ft * ft")]),
    ("inputs", "dzf-in-dc-prev", ("dc_prev",), [("dc * ft", "dzf * ft")]),
    ("inputs", "dzf-in-dc-prev", ("dc_prev",), [("dc * ft", "dzf * c_prev")]),
    ("inputs", "dzf-in-dc-prev", ("dc_prev",), [("dc * ft", "dzf.copy()")]),
    ("inputs", "tanh-in-dc-prev", ("dc_prev",), [("dc * ft", "dc * ft * (1 - np.tanh(c_prev) ** 2)")]),
    ("inputs", "tanh-in-dc-prev", ("dc_prev",), [("dc * ft", "dc * ft * (1 - c_prev**2)")]),
    ("inputs", "tanh-in-dc-prev", ("dc_prev",), [("dc * ft", f"dc * ft * {SLOPE}")]),
    ("inputs", "wrong-split-of-W", ("da_prev",), [("[:, :n_a].T", "[:n_a, :].T")]),
    ("inputs", "untransposed-W", ("da_prev",), [("[:, :n_a].T", "[:, :n_a]")]),
    (
        "inputs",
        "gate-term-missing",
        ("dxt", "da_prev"),
        [(" + Wc[:, :n_a].T @ dzc", ""), (" + Wc[:, n_a:].T @ dzc", "")],
    ),
    ("inputs", "gate-term-missing", ("dxt",), [(DXT, "dxt = Wf[:, n_a:].T @ dzf + Wo[:, n_a:].T @ dzo")]),
    ("inputs", "gates-copied", ("da_prev",), [("Wi[:, :n_a]", "Wf[:, :n_a]")]),
    ("inputs", "gates-copied", ("dxt",), [("Wc[:, n_a:].T @ dzc", "Wc[:, n_a:].T @ dzi")]),
    ("inputs", "forget-gate-missing-in-dc-prev", ("dc_prev",), [("dc * ft", "dc.copy()")]),
    ("inputs", "input-gate-in-dc-prev", ("dc_prev",), [("dc * ft", "dc * it")]),
    ("inputs", "output-gate-in-dc-prev", ("dc_prev",), [("dc * ft", "dc * ot")]),
    ("inputs", "product-not-swapped", ("dc_prev",), [("dc * ft", "dc * c_prev")]),
    ("inputs", "slope-in-dc-prev", ("dc_prev",), [("dc * ft", "dc * ft * (1 - ft)")]),
]

WHOLE = tuple(check.EXERCISES["lstm_cell_backward"].shapes)


def spoilt_later(*names):
    """Tell which gradients of the whole cell go wrong when some lines do."""
    onward = {
        "dc": {"dzf", "dzi", "dzc", "dc_prev"},
        **{f"dz{gate}": {f"dW{gate}", f"db{gate}", "dxt", "da_prev"} for gate in "fico"},
    }
    reached = set(names)
    for _ in range(2):
        reached |= {later for name in reached for later in onward.get(name, ())}
    return tuple(name for name in WHOLE if name in reached)


ONE_DZF, ONE_DZI, ONE_DZC, _ = (line.strip() for line in ONE_PIECE["gates"].strip().splitlines())
ONE_LINES = {"f": ONE_DZF, "i": ONE_DZI, "c": ONE_DZC}

# Both roads at once, as they stand in the line of a gate, and what goes wrong with them there.
ONE_LINE = {x: f"dc_next * {PARTNER[x]} + {B} * {PARTNER[x]} * da_next" for x in "fic"}
WRONG_ROADS = [
    ("no-dc-next", f"{B} * GATE * da_next"),
    ("no-da-path-into-c", "dc_next * GATE"),
    ("output-gate-missing-in-dc", f"dc_next * GATE + {SLOPE} * GATE * da_next"),
    ("tanh-of-c-not-applied", "dc_next * GATE + ot * (1 - c_next**2) * GATE * da_next"),
    ("slope-of-a-next", "dc_next * GATE + ot * (1 - a_next**2) * GATE * da_next"),
    ("missing-tanh-derivative", "dc_next * GATE + ot * GATE * da_next"),
    ("roads-joined-too-early", f"{B} * GATE * (dc_next + da_next)"),
    ("roads-joined-too-early", f"{SLOPE} * GATE * (dc_next + ot * da_next)"),
    ("roads-joined-too-early", f"ot * GATE * (dc_next + {SLOPE} * da_next)"),
    ("square-forgotten", "dc_next * GATE + ot * (1 - np.tanh(c_next)) * GATE * da_next"),
    ("square-outside", "dc_next * GATE + ot * (1 - np.tanh(c_next)) ** 2 * GATE * da_next"),
    ("square-inside-tanh", "dc_next * GATE + ot * (1 - np.tanh(c_next**2)) * GATE * da_next"),
    ("plus-in-slope", "dc_next * GATE + ot * (1 + np.tanh(c_next) ** 2) * GATE * da_next"),
    ("sign-reversed", f"dc_next * GATE - {B} * GATE * da_next"),
    ("slope-at-c-prev", "dc_next * GATE + ot * (1 - np.tanh(c_prev) ** 2) * GATE * da_next"),
    ("sigmoid-derivative", "dc_next * GATE + ot * np.tanh(c_next) * (1 - np.tanh(c_next)) * GATE * da_next"),
    ("value-for-slope", "dc_next * GATE + ot * np.tanh(c_next) * GATE * da_next"),
    ("another-gate-in-dc", f"dc_next * GATE + it * {SLOPE} * GATE * da_next"),
    ("slope-split-by-parentheses", "dc_next * GATE + ot * (1 - np.tanh(c_next) ** 2 * GATE * da_next)"),
    ("da-next-counted-twice", f"(dc_next + {B} * da_next) * GATE + {B} * GATE * da_next"),
    ("dc-next-counted-twice", f"dc_next * GATE + (dc_next + {B} * da_next) * GATE"),
]

WITHOUT_SLOPES = "dzf, dzi, dzc = dc * c_prev, dc * cct, dc * it\n    dzo = da_next * np.tanh(c_next)\n"

LATE = "ot * (1 - np.tanh(c_next) ** 2"

# In a cell without a line for dc: stage, mistake, the lines that it spoils, and what a learner writes in place of what.
WRONG_IN_ONE_PIECE = [
    (
        "gates",
        "missing-outer-parentheses",
        ("dzf",),
        [(ONE_DZF, f"dzf = dc_next * c_prev + {B} * c_prev * da_next * ft * (1 - ft)")],
    ),
    (
        "gates",
        "missing-outer-parentheses",
        ("dzi",),
        [(ONE_DZI, f"dzi = dc_next * cct + {B} * cct * da_next * it * (1 - it)")],
    ),
    (
        "gates",
        "missing-outer-parentheses",
        ("dzc",),
        [(ONE_DZC, f"dzc = dc_next * it + {B} * it * da_next * (1 - cct**2)")],
    ),
    (
        "gates",
        "missing-outer-parentheses",
        ("dzf", "dzi", "dzc"),
        [
            (ONE_DZF, f"dzf = dc_next * c_prev + {B} * c_prev * da_next * ft * (1 - ft)"),
            (ONE_DZI, f"dzi = dc_next * cct + {B} * cct * da_next * it * (1 - it)"),
            (ONE_DZC, f"dzc = dc_next * it + {B} * it * da_next * (1 - cct**2)"),
        ],
    ),
    *(
        ("gates", "missing-outer-parentheses", (f"dz{x}",), [(ONE_LINES[x], f"dz{x} = {wrong}")])
        for x, slope in zip("fic", SLOPES, strict=False)
        for wrong in (
            f"dc_next + {B} * {PARTNER[x]} * da_next{slope}",
            f"dc_next * {PARTNER[x]}{slope} + {B} * {PARTNER[x]} * da_next",
        )
    ),
    ("inputs", "missing-outer-parentheses", ("dc_prev",), [("dc_next * ft", "dc_next")]),
    ("inputs", "missing-outer-parentheses", ("dc_prev",), [(" * ft * da_next", " * da_next")]),
    *(
        ("gates", identifier, (f"dz{x}",), [(f"({ONE_LINE[x]})", f"({wrong.replace('GATE', PARTNER[x])})")])
        for identifier, wrong in WRONG_ROADS
        for x in "fic"
    ),
    *(
        ("inputs", identifier, ("dc_prev",), [(ONE_LINE["f"].replace("c_prev", "ft"), wrong.replace("GATE", "ft"))])
        for identifier, wrong in WRONG_ROADS
    ),
    ("inputs", "da-next-counted-twice", ("dc_prev",), [("dc_next * ft", f"(dc_next + {B} * da_next) * ft")]),
    (
        "inputs",
        "da-next-counted-twice",
        ("dc_prev",),
        [("dc_next * ft", f"(dc_next + {B} * da_next) * ft"), (f"{B} * ft * da_next", f"{B} * da_next")],
    ),
    ("inputs", "dc-next-for-dc-prev", ("dc_prev",), [(f"dc_next * ft + {B} * ft * da_next", "dc_next.copy()")]),
    *(
        (
            "gates",
            "slope-split-by-parentheses",
            (f"dz{x}",),
            [(ONE_LINES[x], f"dz{x} = dc_next * {PARTNER[x]} + {LATE} * {PARTNER[x]} * da_next * {OUTPUT_SLOPE[x]})")],
        )
        for x in "fic"
    ),
    (
        "gates",
        "slope-split-by-parentheses",
        ("dzf", "dzi", "dzc"),
        [(f"{B} * {PARTNER[x]} * da_next", f"{LATE} * {PARTNER[x]} * da_next)") for x in "fic"],
    ),
    *(("gates", "candidate-in-its-own-gradient", ("dzc",), [(ONE_DZC, line)]) for line in printed_dzc("dc_next")),
    ("gates", "no-dc-next", ("dzf", "dzi", "dzc"), [(f"dc_next * {PARTNER[x]} + ", "") for x in "fic"]),
    ("gates", "tanh-of-c-not-applied", ("dzf", "dzi", "dzc"), [(SLOPE, "(1 - c_next**2)")]),
    ("gates", "output-gate-missing-in-dc", ("dzf", "dzi", "dzc"), [(B, SLOPE)]),
    ("inputs", "da-next-for-dc", ("dc_prev",), [(f"dc_next * ft + {B} * ft * da_next", "da_next * ft")]),
    ("gates", "gates-copied", ("dzc",), [(ONE_DZC, f"dzc = {ONE_DZI[6:]}")]),
    ("gates", "gate-gradient-after-activation", ("dzf",), [(" * ft * (1 - ft)", "")]),
    ("gates", "gate-partners-swapped", ("dzf",), [("c_prev", "cct")]),
    (
        "parameters",
        "gate-gradient-after-activation",
        ("dWi", "dbi"),
        [("dzi", ONE_DZI[6:].removesuffix(" * it * (1 - it)"))],
    ),
    (
        "inputs",
        "gate-gradient-after-activation",
        ("dxt", "da_prev"),
        [("    da_prev", f"    {DC}; {WITHOUT_SLOPES}    da_prev")],
    ),
]
