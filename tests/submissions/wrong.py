"""Wrong solutions: every mistake of the catalogue, in code of the kind that learners write."""

from submissions.entry import Entry

DZ = ("check-dz",)
"""A mistake in dz costs nothing in the functions that are given a right one, nor where the cell is put together."""


def dz(code):
    return {"rnn_cell_dz": code}


def inputs(**instead):
    right = {"dxt": "Wax.T @ dz", "da_prev": "Waa.T @ dz"}
    return {"rnn_cell_inputs_backward": _as_code(right | instead)}


def parameters(**instead):
    right = {"dWax": "dz @ cache.xt.T", "dWaa": "dz @ cache.a_prev.T", "dba": "np.sum(dz, axis=1, keepdims=True)"}
    return {"rnn_cell_parameters_backward": _as_code(right | instead)}


def _as_code(gradients):
    lines = [f"{name} = {formula}" for name, formula in gradients.items()]
    entries = ", ".join(f'"{name}": {name}' for name in gradients)
    return "\n".join([*lines, f"return {{{entries}}}"])


Z = """p = cache.parameters
z = p["Wax"] @ cache.xt + p["Waa"] @ cache.a_prev + p["ba"]
"""

KNOWN = (
    Entry(
        "s1101",
        "Emmy",
        "Nother",
        dz("# tanh has no weights\nreturn da_next"),
        loses=DZ,
        causes=("missing-tanh-derivative",),
    ),
    Entry("s1102", "Fatma", "Özgür", dz("return 1 - cache.a_next**2"), loses=DZ, causes=("ignored-da-next",)),
    Entry(
        "s1103",
        "Grzegorz",
        "Brzęczyszczykiewicz",
        dz("dtanh = 1 - np.square(cache.a_prev)\nreturn dtanh * da_next"),
        loses=DZ,
        causes=("derivative-of-a-prev",),
    ),
    Entry(
        "s1104",
        "Hélène",
        "Béranger",
        dz("return da_next * (1 - np.tanh(cache.a_next) ** 2)"),
        loses=DZ,
        causes=("tanh-applied-twice",),
    ),
    Entry(
        "s1105", "Ngozi", "Okafor", dz("return da_next * (1 - cache.a_next)"), loses=DZ, causes=("square-forgotten",)
    ),
    Entry(
        "s1106",
        "Jürgen",
        "Groß",
        dz("a = cache.a_next\nreturn da_next * a * (1 - a)"),
        loses=DZ,
        causes=("sigmoid-derivative",),
    ),
    Entry(
        "s1107",
        "美咲",
        "田中",
        inputs(da_prev="np.dot(Waa, dz)"),
        loses=("check-da_prev",),
        causes=("untransposed-Waa",),
    ),
    Entry(
        "s1108",
        "Łukasz",
        "Wójcik",
        parameters(dWax="cache.xt @ dz.T", dWaa="cache.a_prev @ dz.T"),
        loses=("check-dWax", "check-dWaa"),
        causes=("weight-gradient-transposed",),
    ),
    Entry(
        "s1109",
        "María José",
        "de la Cruz",
        parameters(dWaa="np.dot(dz, cache.a_next.T)"),
        loses=("check-dWaa",),
        causes=("dWaa-uses-a-next",),
    ),
    Entry(
        "s1110",
        "Nils",
        "Ångström",
        parameters(dba="np.sum(dz, axis=1)"),
        loses=("check-dba",),
        causes=("sum-without-keepdims",),
    ),
    Entry("s1120", "Ola", "Nordmann", parameters(dba="1 * dz"), loses=("check-dba",), causes=("bias-not-summed",)),
    Entry(
        "s1111",
        "Olena",
        "Шевченко",
        parameters(dba="np.sum(dz, axis=0, keepdims=True)"),
        loses=("check-dba",),
        causes=("bias-summed-over-wrong-axis",),
    ),
    Entry(
        "s1112",
        "Priya",
        "Raghunathan",
        parameters(dba="dz.mean(axis=1, keepdims=True)"),
        loses=("check-dba",),
        causes=("bias-is-mean",),
    ),
    Entry(
        "s1113",
        "Quentin",
        "Lefèvre",
        parameters(
            dWax="dz @ cache.xt.T / dz.shape[1]",
            dWaa="dz @ cache.a_prev.T / dz.shape[1]",
            dba="np.mean(dz, axis=1, keepdims=True)",
        ),
        loses=("check-dWax", "check-dWaa", "check-dba"),
        causes=("averaged-over-examples",),
    ),
    Entry(
        "s1114",
        "Ruth",
        "Cohen",
        dz("da_next *= 1 - cache.a_next**2\nreturn da_next"),
        loses=DZ,
        causes=("input-changed-in-place",),
    ),
    Entry(
        "s1115",
        "Saoirse",
        "O'Brien",
        dz("return da_next * (1 - cache.a_next)**2"),
        loses=DZ,
        causes=("square-outside",),
    ),
    Entry(
        "s1116",
        "Tomáš",
        "Dvořák",
        {"rnn_cell_inputs_backward": 'return {"dxt": (dz.T @ Wax), "da_prev": dz.T @ Waa}'},
        loses=("check-dxt", "check-da_prev"),
        causes=("input-gradient-transposed",),
    ),
    Entry(
        "s1117",
        "Uzma",
        "Shaikh",
        inputs(dxt="Wax.T @ (dz * (1 - cache.a_next**2))", da_prev="Waa.T @ (dz * (1 - cache.a_next**2))"),
        loses=("check-dxt", "check-da_prev"),
        causes=("slope-counted-twice",),
    ),
    Entry(
        "s1121",
        "Petra",
        "Novak",
        # A number that an earlier cell of the lesson has made.
        dz("return da_next * (1 - a_nudged**2)"),
        loses=DZ,
        causes=("reads-the-notebook",),
    ),
    *(
        Entry(
            f"s14{number:02}",
            "Mistake",
            ", ".join(causes),
            dz(f"{Z}return {line}") | others,
            loses=(*DZ, *loses),
            causes=causes,
        )
        for number, (causes, line, others, loses) in enumerate(
            (
                (
                    ("a-next-for-da-next", "gradient-for-weights"),
                    "cache.a_next * (1 - cache.a_next**2)",
                    inputs(da_prev="(dz @ cache.a_prev.T).T @ dz"),
                    ("check-da_prev",),
                ),
                (
                    ("square-inside-tanh", "input-gradients-mixed-up"),
                    "da_next * (1 - np.tanh(cache.a_next**2))",
                    inputs(dxt="Waa.T @ dz"),
                    ("check-dxt",),
                ),
                (
                    ("plus-in-slope", "through-the-tanh-before"),
                    "da_next * (1 + cache.a_next**2)",
                    inputs(da_prev="Waa.T @ dz * (1 - cache.a_prev**2)"),
                    ("check-da_prev",),
                ),
                (
                    ("sign-reversed", "dz-for-da-prev"),
                    "-da_next * (1 - cache.a_next**2)",
                    inputs(da_prev="1 * dz"),
                    ("check-da_prev",),
                ),
                (
                    ("one-over-m", "value-for-gradient"),
                    "da_next * (1 - cache.a_next**2) / da_next.shape[1]",
                    inputs(da_prev="1 * cache.a_prev"),
                    ("check-da_prev",),
                ),
                (
                    ("one-minus-forgotten", "bias-summed-over-everything"),
                    "da_next * cache.a_next**2",
                    parameters(dba="np.sum(dz)"),
                    ("check-dba",),
                ),
                (
                    ("value-for-slope", "gradient-for-input"),
                    "da_next * np.tanh(z)",
                    parameters(dWaa='dz @ (cache.parameters["Waa"].T @ dz).T'),
                    ("check-dWaa",),
                ),
                (
                    ("divided-by-slope", "weight-gradients-mixed-up"),
                    "da_next / (1 - cache.a_next**2)",
                    parameters(dWax="dz @ cache.a_prev.T"),
                    ("check-dWax",),
                ),
                (
                    ("slope-split-by-parentheses", "still-zero"),
                    "da_next * 1 - cache.a_next**2",
                    parameters(dWaa="np.zeros((len(dz), len(dz)))"),
                    ("check-dWaa",),
                ),
                (("z-for-its-tanh",), "da_next * (1 - z**2)", {}, ()),
                (("z-is-incomplete",), 'da_next * (1 - np.tanh(z - p["ba"]) ** 2)', {}, ()),
                (
                    ("z-made-with-a-next",),
                    'da_next * (1 - np.tanh(z + p["Waa"] @ (cache.a_next - cache.a_prev)) ** 2)',
                    {},
                    (),
                ),
            )
        )
    ),
)

OTHER = (
    Entry(
        "s1201",
        "Søren",
        "Kjær",
        dz("return da_next") | parameters(dba="np.sum(dz, 1)"),
        loses=(*DZ, "check-dba"),
        causes=("missing-tanh-derivative", "sum-without-keepdims"),
    ),
    Entry(
        "s1202",
        "Thandiwe",
        "Mbeki",
        dz("return da_next * (1 - cache.a_next**3)"),
        loses=DZ,
        says="rnn_cell_dz: wrong, for no known cause",
    ),
    Entry(
        "s1203",
        "Ulla",
        "Sjöberg",
        {"rnn_cell_inputs_backward": 'return {"dxt": Wax @ dz, "da_prev": Waa.T @ dz}'},
        loses=("check-dxt", "check-da_prev"),
        says="raises an error",
    ),
)
"""Two mistakes at once, one that nobody has described, and one that does not even run."""
