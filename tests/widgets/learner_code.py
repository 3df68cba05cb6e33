"""Backward passes over a sequence, as learners write them."""

import numpy as np

from bptt import exact

SWEEP = """
def rnn_backward(da, caches):
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    dx, da_prevt = np.zeros_like(caches.x), np.zeros((n_a, m))
    dWax, dWaa, dba = (np.zeros_like(parameters[name]) for name in ("Wax", "Waa", "ba"))
    for t in reversed(range(T_x)):
        gradients = rnn_cell_backward(da[:, :, t] + da_prevt, caches.steps[t])
        da_prevt = gradients["da_prev"]
        dx[:, :, t] = gradients["dxt"]
        dWax += gradients["dWax"]
        dWaa += gradients["dWaa"]
        dba += gradients["dba"]
    return {"dx": dx, "da0": da_prevt, "dWax": dWax, "dWaa": dWaa, "dba": dba}
"""
LSTM_SWEEP = """
def lstm_backward(da, caches):
    n_a, m, T_x = da.shape
    dx, da_prevt, dc_prevt = np.zeros_like(caches.x), np.zeros((n_a, m)), np.zeros((n_a, m))
    sums = {"d" + name: np.zeros_like(caches.steps[0].parameters[name]) for name in "Wf Wi Wc Wo bf bi bc bo".split()}
    for t in reversed(range(T_x)):
        gradients = lstm_cell_backward(da[:, :, t] + da_prevt, dc_prevt, caches.steps[t])
        da_prevt = gradients["da_prev"]
        dc_prevt = gradients["dc_prev"]
        dx[:, :, t] = gradients["dxt"]
        for name in sums:
            sums[name] += gradients[name]
    return {"dx": dx, "da0": da_prevt, **sums}
"""
PER_LOSS = """
def rnn_backward_per_loss(da, caches):
    n_a, m, T_x = da.shape
    parameters = caches.steps[0].parameters
    dx, da0 = np.zeros_like(caches.x), np.zeros((n_a, m))
    dWax, dWaa, dba = (np.zeros_like(parameters[name]) for name in ("Wax", "Waa", "ba"))
    for k in range(T_x):
        da_next = da[:, :, k]
        for t in range(k, -1, -1):
            gradients = rnn_cell_backward(da_next, caches.steps[t])
            da_next = gradients["da_prev"]
            dx[:, :, t] += gradients["dxt"]
            dWax += gradients["dWax"]
            dWaa += gradients["dWaa"]
            dba += gradients["dba"]
        da0 += da_next
    return {"dx": dx, "da0": da0, "dWax": dWax, "dWaa": dWaa, "dba": dba}
"""
NO_TIME = ("da[:, :, t] + da_prevt", "da[:, :, t]")
NO_LOSS = ("da[:, :, t] + da_prevt", "da_prevt")
FROM_LAST = (
    "da_prevt = np.zeros_like(caches.x), np.zeros((n_a, m))",
    "da_prevt = np.zeros_like(caches.x), da[:, :, -1]",
)
WITHOUT = {
    (True, True): (),
    (True, False): (NO_TIME,),
    (False, True): (NO_LOSS, FROM_LAST),
    (False, False): (NO_LOSS,),
}
"""Changes that leave roads out, by whether the loss path and the time path are there."""


def written(code, *changes, **names):
    """Define the function in ``code`` as a notebook would, with some of its lines changed; return it."""
    for right, wrong in changes:
        assert right in code
        code = code.replace(right, wrong)
    cells = {name: getattr(exact, name) for name in ("rnn_cell_backward", "lstm_cell_backward")}
    names = {"np": np} | cells | names
    exec(code, names)  # noqa: S102 - this is how a notebook defines it
    return names[next(reversed(names))]
