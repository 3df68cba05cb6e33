"""A class for lesson 05: right in other ways, blank, and mistakes that cost their own exercise alone."""

from submissions.entry import Entry

ASSIGNMENT = "05_names"

WITHOUT_OUTPUT_BACKWARD = """
dz = weight * (y_pred - y)
cells = rnn_backward(np.tensordot(parameters["Wya"].T, dz, 1), caches)
dWya, dby = np.zeros_like(parameters["Wya"]), np.zeros_like(parameters["by"])
for t in range(inputs.shape[1]):
    dWya += dz[:, :, t] @ a[:, :, t].T
    dby += dz[:, :, t].sum(axis=1, keepdims=True)
return {"dWax": cells["dWax"], "dWaa": cells["dWaa"], "dba": cells["dba"], "dWya": dWya, "dby": dby}
"""
FORGETS_THE_WEIGHT = """
output = output_backward(y_pred, y, a, parameters["Wya"])
return {**sequence_backward(output["da_loss"], caches), **output}
"""
WITHOUT_THE_END = """
real = np.arange(T_x + 1) < lengths[:, None]
inputs, targets = np.hstack([mark, letters]), np.hstack([letters, mark])
return {"inputs": inputs, "targets": targets, "weight": real / real.sum()}
"""
GREEDY = """
letter, a = 0, model.a0
for t in range(longest):
    z, a = model(letter, a)
    letter = z.argmax()
    if letter == 0:
        break
    letters[t] = letter
return letters
"""

CLASS = (
    Entry("n1", "Ada", "Lind", {"letter_gradients": WITHOUT_OUTPUT_BACKWARD}),
    Entry("n2", "Bo", "Larsen", blank=True, loses=("*",)),
    Entry(
        "n3",
        "Chloé",
        "Martin",
        {"next_letter_targets": WITHOUT_THE_END},
        loses=("check-weight",),
        causes=("end-not-counted",),
    ),
    Entry(
        "n4",
        "Dilnoza",
        "Karimova",
        {"letter_gradients": FORGETS_THE_WEIGHT},
        loses=("check-letter_gradients",),
        causes=("weight-forgotten",),
    ),
    Entry("n5", "Emre", "Kaya", {"sample_name": GREEDY}, loses=("check-sample_name",), causes=("likeliest-letter",)),
)
