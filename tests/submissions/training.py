"""A class for lesson 04: right in other ways, blank, and mistakes that cost their own exercise alone."""

from submissions.entry import Entry

ASSIGNMENT = "04_training"

SHORTENED = {
    "race_downhill(T_x=20, steps=400)": "race_downhill(T_x=20, steps=8)",
    "race(T_x=20, steps=400)": "race(T_x=20, steps=8)",
    "race(T_x=100, steps=1000)": "race(T_x=100, steps=4)",
    "reviews = data.reviews(fetch=True)": "reviews = data.reviews()",
    "reader = learn_to_read(epochs=3)": "reader = learn_to_read(epochs=1, n_x=8, n_a=8, m=128)",
}
"""Trainings last minutes; whether they lead anywhere is asked in tests/training, and in tests/benchmarks."""

IN_ONE_LINE = """
da = np.zeros((n_a, m, T_x))
da[:, np.arange(m), lengths - 1] = da_last
return da
"""
TWO_LOOPS = """
for j in range(words.shape[0]):
    for t in range(words.shape[1]):
        dE[:, words[j, t]] += dx[:, j, t]
"""
EACH_ARRAY = """
clipped = {}
for name, gradient in gradients.items():
    norm = np.linalg.norm(gradient)
    clipped[name] = gradient * max_norm / norm if norm > max_norm else gradient
return clipped
"""
NOT_CORRECTED = """
mean_next = beta1 * mean + (1 - beta1) * dW
square_next = beta2 * square + (1 - beta2) * dW**2
W_next = W - learning_rate * mean_next / (np.sqrt(square_next) + epsilon)
return {"W_next": W_next, "mean_next": mean_next, "square_next": square_next}
"""
CORRECTED_HANDED_ON = """
mean = (beta1 * mean + (1 - beta1) * dW) / (1 - beta1**t)
square = (beta2 * square + (1 - beta2) * dW**2) / (1 - beta2**t)
W_next = W - learning_rate * mean / (np.sqrt(square) + epsilon)
return {"W_next": W_next, "mean_next": mean, "square_next": square}
"""
AT_THE_PADDING = """
da = np.zeros((n_a, m, T_x))
da[:, :, -1] = da_last
return da
"""
UPHILL = """
for _ in range(steps):
    x = x + step_size * input_gradient(x)
return x
"""
IN_PLACE = """
for _ in range(steps):
    x -= step_size * input_gradient(x)
return x
"""

CLASS = (
    Entry("t1", "Ada", "Mensah"),
    Entry("t2", "Bao", "Tran", {"many_to_one_upstream": IN_ONE_LINE, "embedding_backward": TWO_LOOPS}),
    Entry("t3", "Carla", "Moretti", blank=True, loses=("*",)),
    Entry(
        "t4",
        "Deniz",
        "Aydin",
        {"clip_gradients": EACH_ARRAY},
        loses=("check-clip_gradients",),
        causes=("clipped-each-array",),
    ),
    Entry("t5", "Eva", "Novak", {"adam_step": NOT_CORRECTED}, loses=("check-W_next",), causes=("no-bias-correction",)),
    Entry(
        "t6",
        "Farid",
        "Haddad",
        {"adam_step": CORRECTED_HANDED_ON},
        loses=("check-moments",),
        causes=("corrected-means-handed-on",),
    ),
    Entry(
        "t7",
        "Greta",
        "Holm",
        {"many_to_one_upstream": AT_THE_PADDING},
        loses=("check-many_to_one_upstream",),
        causes=("last-padded-step",),
    ),
    Entry(
        "t8",
        "Hiro",
        "Sato",
        {"embedding_backward": "dE[:, words] += dx"},
        loses=("check-embedding_backward",),
        causes=("uses-overwritten",),
    ),
    Entry("t9", "Inês", "Costa", {"dream_input": UPHILL}, loses=("check-dream_input",), causes=("climbs",)),
    Entry(
        "t10",
        "Jakub",
        "Zeman",
        {"dream_input": IN_PLACE},
        loses=("check-dream_input",),
        causes=("input-changed-in-place",),
    ),
)
