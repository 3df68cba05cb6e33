"""Mistakes that learners make in the loop over any kind of cell, as changes to right code.

Each is the id of its cause, the gradients that it spoils (one, ``"all"`` or ``"weights"``), and what is written in
place of what. The right loops of RNN and LSTM have all these lines.
"""

START = "da_prevt = np.zeros((n_a, m))\n"
ARRIVING = "da[:, :, t] + da_prevt"
CARRY = 'da_prevt = gradients["da_prev"]'
KEEP_DX = 'dx[:, :, t] = gradients["dxt"]'
ADD = "sums[name] = sums[name] + gradients[name]"
DA0 = '"da0": da_prevt'
LAST_DA0 = (DA0, '"da0": gradients["da_prev"]')
NEXT = "(da[:, :, t + 1] if t + 1 < T_x else 0)"
RETURN = "    return {"

ANY_LOOP = [
    ("no-loss-path-from-zeros", "all", [(ARRIVING, "da_prevt")]),
    ("da-counted-twice", "all", [(ARRIVING, f"da[:, :, t] + {ARRIVING}")]),
    ("carry-taken-from-da", "all", [(CARRY, "da_prevt = da[:, :, t - 1]")]),
    ("carry-taken-from-da", "all", [(CARRY, "da_prevt = da[:, :, t - 1]"), LAST_DA0]),
    ("carry-taken-from-da", "all", [(ARRIVING, "da[:, :, t] + da[:, :, t - 1]")]),
    ("carry-taken-from-da", "all", [(ARRIVING, "da[:, :, t] + (da[:, :, t - 1] if t > 0 else 0)")]),
    ("carry-taken-from-da", "all", [(ARRIVING, f"da[:, :, t] + {NEXT}")]),
    ("da-summed-over-time", "all", [(START, "da_prevt = da.sum(axis=2)\n"), (ARRIVING, "da_prevt")]),
    ("da-summed-over-time", "all", [(START, "da_prevt = da.sum(axis=2)\n")]),
    ("da-summed-over-time", "all", [(ARRIVING, "da.sum(axis=2) + da_prevt")]),
    ("da-of-another-step", "all", [(ARRIVING, "da[:, :, t - 1] + da_prevt")]),
    ("da-of-another-step", "all", [(ARRIVING, "da[:, :, min(t + 1, T_x - 1)] + da_prevt")]),
    ("da-of-another-step", "all", [(ARRIVING, "(da[:, :, t - 1] if t > 0 else 0) + da_prevt")]),
    ("da-of-another-step", "all", [(ARRIVING, f"{NEXT} + da_prevt")]),
    ("da-of-another-step", "all", [(ARRIVING, "da[:, :, T_x - 1 - t] + da_prevt")]),
    ("da-of-another-step", "all", [(ARRIVING, "da[:, :, -1] + da_prevt")]),
    ("da-of-another-step", "all", [(ARRIVING, "da[:, :, 0] + da_prevt")]),
    ("carry-heaped-up", "all", [(CARRY, "da_prevt = da_prevt + " + CARRY.split(" = ")[1]), LAST_DA0]),
    ("gradient-left-zero", "dx", [(KEEP_DX, "pass")]),
    ("gradient-left-zero", "weights", [(ADD, "pass")]),
    ("gradient-left-zero", "weights", [(ADD, "sums[name] += sums[name]")]),
    ("sum-added-to-itself", "weights", [(ADD, "sums[name] += sums[name] + gradients[name]")]),
    ("every-step-added-twice", "weights", [(ADD, f"{ADD} + gradients[name]")]),
    ("overwrites-instead-of-accumulates", "weights", [(ADD, "sums[name] = 0 * sums[name] + gradients[name]")]),
    ("last-step-only", "all", [(RETURN, "    " + RETURN)]),
    ("last-step-only", "all", [("range(T_x)", "range(T_x - 1, T_x)")]),
    ("dx-keeps-one-step", "dx", [(KEEP_DX, 'dx = gradients["dxt"]')]),
    ("dx-keeps-one-step", "dx", [(KEEP_DX, f"dx = np.zeros_like(dx); {KEEP_DX}")]),
    ("dx-keeps-one-step", "dx", [(KEEP_DX, 'dx[:] = gradients["dxt"][:, :, None]')]),
    (
        "dx-summed-over-time",
        "dx",
        [("dx = np.zeros_like(caches.x)", "dx = 0"), (KEEP_DX, 'dx = dx + gradients["dxt"]')],
    ),
    ("dx-at-another-step", "dx", [(KEEP_DX, 'dx[:, :, t - 1] = gradients["dxt"]')]),
    ("dx-at-another-step", "dx", [(KEEP_DX, 'dx[:, :, (t + 1) % T_x] = gradients["dxt"]')]),
    ("dx-at-another-step", "dx", [(KEEP_DX, 'dx[:, :, T_x - 1 - t] = gradients["dxt"]')]),
    ("da0-before-first-cell", "da0", [(CARRY, f"da0 = da_prevt; {CARRY}"), (DA0, '"da0": da0')]),
    ("da0-before-first-cell", "da0", [(CARRY, f"da0 = {ARRIVING}; {CARRY}"), (DA0, '"da0": da0')]),
    (
        "da0-summed-over-steps",
        "da0",
        [(START, f"da0 = 0; {START}"), (CARRY, f"{CARRY}; da0 = da0 + da_prevt"), (DA0, '"da0": da0')],
    ),
]

LINES = [(identifier, changes[0][1]) for identifier, spoilt, changes in ANY_LOOP if spoilt == "weights"]
"""Mistaken lines for the gradients of the weights, each of which may be written for one of them alone."""


def alone(name, line):
    """Give one gradient another line than the others."""
    return (ADD, f"if name == {name!r}:\n                {line}\n            else:\n                {ADD}")


def in_any_loop(gradients):
    """List the mistakes with the gradients that each spoils, of all those that a loop returns."""
    spoilt = {"all": gradients, "weights": gradients[2:], "dx": ("dx",), "da0": ("da0",)}
    return [(identifier, spoilt[which], changes) for identifier, which, changes in ANY_LOOP]
