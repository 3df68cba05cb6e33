"""Right solutions: the model's, and three written another way."""

from submissions.entry import Entry

RECOMPUTED = """\
Wax, Waa, ba = (cache.parameters[name] for name in ("Wax", "Waa", "ba"))
z = Wax @ cache.xt + Waa @ cache.a_prev + ba
return (1 - np.tanh(z) ** 2) * da_next
"""

EINSUM = {
    "rnn_cell_inputs_backward": """\
dxt = np.einsum("ik,ij->kj", Wax, dz)
da_prev = np.einsum("ik,ij->kj", Waa, dz)
return dict(dxt=dxt, da_prev=da_prev)
""",
    "rnn_cell_parameters_backward": """\
return {
    "dWax": np.einsum("ij,kj->ik", dz, cache.xt),
    "dWaa": np.einsum("ij,kj->ik", dz, cache.a_prev),
    "dba": np.einsum("ij->i", dz)[:, None],
}
""",
}

LOOPS = {
    "rnn_cell_dz": """\
dz = np.zeros(da_next.shape)
for i in range(dz.shape[0]):
    for j in range(dz.shape[1]):
        dz[i, j] = da_next[i, j] * (1 - cache.a_next[i, j] ** 2)
return dz
""",
    "rnn_cell_inputs_backward": """\
dxt, da_prev = np.zeros(cache.xt.shape), np.zeros(cache.a_prev.shape)
for i in range(dz.shape[0]):
    for j in range(dz.shape[1]):
        dxt[:, j] += Wax[i, :] * dz[i, j]
        da_prev[:, j] += Waa[i, :] * dz[i, j]
return {"dxt": dxt, "da_prev": da_prev}
""",
    "rnn_cell_parameters_backward": """\
n_a, m = dz.shape
dWax, dWaa, dba = np.zeros((n_a, cache.xt.shape[0])), np.zeros((n_a, n_a)), np.zeros((n_a, 1))
for i in range(n_a):
    for j in range(m):
        dWax[i] += dz[i, j] * cache.xt[:, j]
        dWaa[i] += dz[i, j] * cache.a_prev[:, j]
        dba[i, 0] += dz[i, j]
return {"dWax": dWax, "dWaa": dWaa, "dba": dba}
""",
}

MODEL = Entry("s1001", "Ada", "Ahlström")
RIGHT = (
    MODEL,
    Entry("s1002", "Björn", "Müller-Lüdenscheidt", {"rnn_cell_dz": RECOMPUTED}),
    Entry("s1003", "Chiara", "D’Angelo", EINSUM),
    Entry("s1004", "Đorđe", "O'Neill", LOOPS),
)
