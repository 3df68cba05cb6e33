"""A small class for lesson 00: right, blank, and mistakes that cost their own exercise alone."""

from submissions.entry import Entry

ASSIGNMENT = "00_computation_graphs"
CLASS = (
    Entry("g1", "Ada", "Okoye"),
    Entry("g2", "Bruno", "Silva", blank=True, loses=("*",)),
    Entry(
        "g3",
        "Chiara",
        "Rossi",
        {"tanh_backward": "return da * (1 - np.tanh(a) ** 2)"},
        loses=("check-tanh_backward",),
        causes=("tanh-applied-twice",),
    ),
    Entry(
        "g4",
        "Dmitri",
        "Ivanov",
        {"sigmoid_backward": "return da * (1 - a ** 2)"},
        loses=("check-sigmoid_backward",),
    ),
    Entry(
        "g5",
        "Eun-ji",
        "Park",
        {"fan_out": "return {'dp': dc * cache.q, 'dq': dc * cache.p, 'dx': tanh_backward(dc * cache.q, cache.p)}"},
        loses=("check-fan_out-dx",),
        causes=("only-one-use-counted",),
    ),
)
