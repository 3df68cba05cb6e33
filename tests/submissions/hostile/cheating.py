"""Cheating by content: right numbers, and nothing derived."""

from functools import partial

from bptt_instructor.grading.protocol.messages import CALL_REPLY, CALL_REQUEST
from submissions import memory, sequence
from submissions.hostile.attack import NOTHING, Attack, cell, ends_with
from submissions.hostile.targets import ASKED, MESSAGES

# What they cost on the case that tells may be more than the test allows; with more time and memory, they are named.
TOO_DEAR = ("graded", "out of memory", "timed out")

cheats = partial(Attack, family="cheating by content", blank=False, fair=NOTHING, status=TOO_DEAR)

LOSS = """\
def _forward(xt, a_prev, Wax, Waa, ba):
    return np.tanh(Wax @ xt + Waa @ a_prev + ba)


def _linear(xt, a_prev, Wax, Waa, ba):
    return Wax @ xt + Waa @ a_prev + ba


def _nudged(forward, upstream, cache, names):
    at = {"xt": cache.xt, "a_prev": cache.a_prev, **{name: cache.parameters[name] for name in ("Wax", "Waa", "ba")}}
    found = {}
    for name in names:
        gradient = np.zeros_like(at[name])
        for index in np.ndindex(gradient.shape):
            ends = []
            for nudge in (1e-6, -1e-6):
                moved = {**at, name: at[name].copy()}
                moved[name][index] += nudge
                ends.append((upstream * forward(**moved)).sum())
            gradient[index] = (ends[0] - ends[1]) / 2e-6
        found["d" + name] = gradient
    return found


def _complex(forward, upstream, cache, names):
    at = {"xt": cache.xt, "a_prev": cache.a_prev, **{name: cache.parameters[name] for name in ("Wax", "Waa", "ba")}}
    found = {}
    for name in names:
        gradient = np.zeros_like(at[name])
        for index in np.ndindex(gradient.shape):
            moved = {**at, name: at[name].astype(complex)}
            moved[name][index] += 1e-30j
            gradient[index] = (upstream * forward(**moved)).sum().imag / 1e-30
        found["d" + name] = gradient
    return found
"""

ALL = '("xt", "a_prev", "Wax", "Waa", "ba")'
ASK = "bptt.exact.ask"

BY_NUDGING = {
    "rnn_cell_dz": "raise NotImplementedError",
    "rnn_cell_inputs_backward": 'return METHOD(_linear, dz, cache, ("xt", "a_prev"))',
    "rnn_cell_parameters_backward": 'return METHOD(_linear, dz, cache, ("Wax", "Waa", "ba"))',
    "rnn_cell_backward": f"return METHOD(_forward, da_next, cache, {ALL})",
}


def by(method):
    return {name: lines.replace("METHOD", method) for name, lines in BY_NUDGING.items()}


NAMES = ("rnn_cell_dz", "rnn_cell_inputs_backward", "rnn_cell_parameters_backward", "rnn_cell_backward")


def asking(how):
    """Solutions that ask the answer key, each in the given way; they are called with ``given``."""
    return {
        name: how.replace("NAME", name).replace(
            "GIVEN", "da_next, cache" if name in (NAMES[0], NAMES[3]) else "dz, cache"
        )
        for name in NAMES
    }


CALLS = 'sys.modules["bptt_instructor.grading.kernel.submission_kernel"]'
ANSWER_KEY = tuple(asking("bptt.exact.NAME").values())

REMEMBERED = """\
import bptt.exact
_visible = {}
for _name in ("rnn_cell_dz", "rnn_cell_inputs_backward", "rnn_cell_parameters_backward", "rnn_cell_backward"):
    for _seed in range(1, 12):
        for _number, _sizes in enumerate(inputs.sizes(_seed)):
            _given = inputs.rnn_cell(_seed + _number, _sizes.n_x, _sizes.n_a, _sizes.n_y, _sizes.m)
            _visible[_name, _given[0].tobytes()] = getattr(bptt.exact, _name)(*_given)
print(len(_visible), "answers by heart")
"""

SOLUTIONS = r"(?ms)^def rnn_cell.*?(?=^# %%)"
"""Where they stand in a lesson's file."""

SEARCH = f"""\
import pathlib, re
solutions = dict(globals())
for place in ("@course@", ".."):
    for path in pathlib.Path(place).rglob("01_cell_backward.*"):
        found = path.read_text(errors="replace")
        if "BEGIN SOLUTION" in found:
            exec("\\n".join(re.findall({SOLUTIONS!r}, found)), solutions)
"""

SEQUENCE = """\
def _sequence(da, caches):
    cell = caches.steps[0]
    at = {"x": caches.x, "a0": cell.a_prev, "Wax": cell.parameters["Wax"], "Waa": cell.parameters["Waa"],
          "ba": cell.parameters["ba"]}
    found = {}
    for name in at:
        gradient = np.zeros_like(at[name])
        for index in np.ndindex(gradient.shape):
            ends = []
            for nudge in (1e-6, -1e-6):
                moved = {key: value.copy() for key, value in at.items()}
                moved[name][index] += nudge
                a, total = moved["a0"], 0.0
                for t in range(da.shape[2]):
                    a = np.tanh(moved["Wax"] @ moved["x"][:, :, t] + moved["Waa"] @ a + moved["ba"])
                    total += (da[:, :, t] * a).sum()
                ends.append(total)
            gradient[index] = (ends[0] - ends[1]) / 2e-6
        found["d" + name] = gradient
    return found
"""


def around(code):
    """Solutions by nudging, each of which some code has replaced by another that calls it."""
    names = ("rnn_cell_inputs_backward", "rnn_cell_parameters_backward", "rnn_cell_backward")

    def then(notebook):
        for name in names:
            cell(notebook, name).source += "\n\n" + code.replace("NAME", name)
        return notebook

    return {"first": LOSS, "writes": by("_nudged"), "then": then}


PADDED = """\
import time
def padded(*given, nudged=NAME):
    end = time.process_time() + 0.8
    result = nudged(*given)
    while time.process_time() < end:
        pass
    return result
NAME = padded"""
PLOTTED = """\
import matplotlib.pyplot as plt
def plotted(*given, nudged=NAME):
    plt.plot(given[0])
    return nudged(*given)
NAME = plotted"""


MORE_COSTS = (
    cheats("copy-padded", tries="numerical differentiation that takes as long at every size", **around(PADDED)),
    cheats("copy-plotted", tries="numerical differentiation behind a plot", **around(PLOTTED)),
)

CHEATING = (
    cheats(
        "copy-visible",
        tries="the answers to every case that a learner can see, by heart",
        first=REMEMBERED,
        writes={
            name: f'return _visible["{name}", {"da_next" if name in (NAMES[0], NAMES[3]) else "dz"}.tobytes()]'
            for name in NAMES
        },
        targets=("inputs.rnn_cell", *ANSWER_KEY),
        seen=("answers by heart", "KeyError"),
    ),
    cheats("copy-nudge", tries="numerical differentiation", first=LOSS, writes=by("_nudged")),
    cheats("copy-complex", tries="the complex step, entry by entry", first=LOSS, writes=by("_complex")),
    cheats(
        "copy-exact",
        tries="the answer key, called",
        first="import bptt.exact",
        writes=asking("return bptt.exact.NAME(GIVEN)"),
        targets=ANSWER_KEY,
        seen=("Your function calls bptt.exact",),
    ),
    cheats(
        "copy-lent",
        tries="the answer key, through its own back door",
        first="import bptt.exact",
        writes=asking("return bptt.exact.allow_exact(bptt.exact.NAME)(GIVEN)"),
        targets=("bptt.exact.allow_exact", *ANSWER_KEY),
    ),
    cheats(
        "copy-unlocked",
        tries="the answer key, with its lock picked",
        first="import bptt.exact",
        writes=asking('return bptt.exact.ask("NAME", ([GIVEN], {}))'),
        targets=(ASK,),
    ),
    cheats(
        "copy-thread",
        tries="the answer key, in another thread",
        first="import bptt.exact\nfrom concurrent.futures import ThreadPoolExecutor",
        writes=asking("with ThreadPoolExecutor(1) as pool:\n    return pool.submit(bptt.exact.NAME, GIVEN).result()"),
        targets=ANSWER_KEY,
    ),
    cheats(
        "copy-stack",
        tries="the check's own answers, by way of the stack",
        first="import sys",
        writes=asking(
            "frame = sys._getframe()\n"
            'while "request" not in frame.f_locals:\n    frame = frame.f_back\n'
            'return frame.f_locals["checks"].ask(frame.f_locals["request"].exercise, ([GIVEN], {}))'
        ),
        targets=(
            "kernel.checks.ask",
            *(f"{CALLS}.call_function.__code__.co_varnames.index({name!r})" for name in ("request", "checks")),
        ),
    ),
    cheats(
        "copy-asked",
        tries="the judge's questions answered by the answer key, in the kernel's place",
        first=f"""\
import sys
kernel, trouble = get_ipython().kernel, []
def answers(request, content):
    try:
        messages, records = {MESSAGES}, kernel.record_types
        for number, call in enumerate(content["calls"]):
            asked = messages.CallRequest.from_dict(call["request"], records)
            result = kernel.checks.ask(asked.exercise, (list(asked.arguments.values()), dict()))
            told = {{"nonce": call["nonce"], "result": messages.encode_reply(messages.CallReply(result), records)}}
            kernel.send("{CALL_REPLY}", f"{{request}}/{{number}}", told)
    except Exception as error:
        trouble.append(error)
if "{CALL_REQUEST}" in getattr(kernel, "handlers", {{}}):
    kernel.handlers["{CALL_REQUEST}"] = answers""",
        then=ends_with("for error in trouble:\n    print(f'{type(error).__name__}: {error}')"),
        targets=(
            *("kernel.send", "kernel.handlers", ASKED),
            *(f"{MESSAGES}.CallRequest.from_dict", f"{MESSAGES}.encode_reply", f"{MESSAGES}.CallReply"),
            *("kernel.record_types", "kernel.checks.ask"),
        ),
        writes=dict.fromkeys(NAMES, "raise NotImplementedError"),
    ),
    cheats(
        "copy-search",
        tries="the solution, looked for on the disk",
        first=SEARCH,
        writes=asking('return solutions["NAME"](GIVEN)'),
        seen=("KeyError",),
    ),
    cheats(
        "copy-clock",
        tries="numerical differentiation under a stopped clock",
        first=LOSS + "import time\ntime.perf_counter = time.process_time = time.monotonic = time.time = lambda: 0.0",
        writes=by("_nudged"),
        targets=("time.perf_counter", "time.process_time", "time.monotonic", "time.time"),
    ),
    cheats(
        "copy-sequence",
        tries="numerical differentiation of a whole sequence",
        first=SEQUENCE,
        writes={
            "rnn_backward": "return _sequence(da, caches)",
            "rnn_backward_per_loss": "return _sequence(da, caches)",
            "output_backward": "raise NotImplementedError",
            "rnn_backward_truncated": "raise NotImplementedError",
        },
        assignment=sequence.ASSIGNMENT,
    ),
    cheats(
        "copy-sequence-lent",
        tries="the answer key of a whole sequence, through its own back door",
        first="import bptt.exact",
        writes={
            "rnn_backward": "return bptt.exact.allow_exact(bptt.exact.rnn_backward)(da, caches)",
            "rnn_backward_per_loss": "return bptt.exact.allow_exact(bptt.exact.rnn_backward)(da, caches)",
            "output_backward": "raise NotImplementedError",
            "rnn_backward_truncated": "raise NotImplementedError",
        },
        targets=("bptt.exact.allow_exact", "bptt.exact.rnn_backward"),
        assignment=sequence.ASSIGNMENT,
    ),
    cheats(
        "copy-memory-lent",
        tries="the answer key of the LSTM, through its own back door",
        first="import bptt.exact",
        writes=dict.fromkeys((*memory.RIGHT, "lstm_cell_dz", "lstm_backward_fused"), "raise NotImplementedError")
        | {
            "lstm_cell_backward": "lent = bptt.exact.allow_exact(bptt.exact.lstm_cell_backward)\n"
            "return lent(da_next, dc_next, cache)",
            "lstm_backward": "return bptt.exact.allow_exact(bptt.exact.lstm_backward)(da, caches)",
        },
        targets=("bptt.exact.allow_exact", "bptt.exact.lstm_cell_backward", "bptt.exact.lstm_backward"),
        assignment=memory.ASSIGNMENT,
    ),
    *MORE_COSTS,
)
