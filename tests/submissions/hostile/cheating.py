"""Cheating by content: right numbers, and nothing derived."""

from functools import partial

from submissions import memory, sequence
from submissions.hostile.attack import NOTHING, Attack

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


REMEMBERED = """\
_visible = {}
for _name, _exercise in check.EXERCISES.items():
    if _name.startswith("rnn_cell"):
        for _seed in range(1, 12):
            for _number, _sizes in enumerate(inputs.sizes(_seed)):
                _given = _exercise.case(_seed + _number, _sizes)
                _key = _name, next(iter(_given.values())).tobytes()
                _visible[_key] = _exercise.exact(*_given.values())
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

CHEATING = (
    cheats(
        "copy-visible",
        tries="the answers to every case that a learner can see, by heart",
        first=REMEMBERED,
        writes={
            name: f'return _visible["{name}", {"da_next" if name in (NAMES[0], NAMES[3]) else "dz"}.tobytes()]'
            for name in NAMES
        },
    ),
    cheats("copy-nudge", tries="numerical differentiation", first=LOSS, writes=by("_nudged")),
    cheats("copy-complex", tries="the complex step, entry by entry", first=LOSS, writes=by("_complex")),
    cheats(
        "copy-exact",
        tries="the answer key, called",
        first="from bptt import exact",
        writes=asking("return exact.NAME(GIVEN)"),
    ),
    cheats(
        "copy-lent",
        tries="the answer key, through its own back door",
        first="from bptt import exact",
        writes=asking("return exact.lent(exact.NAME)(GIVEN)"),
    ),
    cheats(
        "copy-unlocked",
        tries="the answer key, with its lock picked",
        first="from bptt import exact\nfrom bptt.exact import complex_step",
        writes=asking("complex_step._lent_out.set(True)\nreturn exact.NAME(GIVEN)"),
    ),
    cheats(
        "copy-thread",
        tries="the answer key, in another thread",
        first="from bptt import exact\nfrom concurrent.futures import ThreadPoolExecutor",
        writes=asking("with ThreadPoolExecutor(1) as pool:\n    return pool.submit(exact.NAME, GIVEN).result()"),
    ),
    cheats(
        "copy-stack",
        tries="the check's own answers, by way of the stack",
        first="import sys\nfrom bptt.exact import complex_step",
        writes=asking(
            "complex_step._lent_out.set(True)\nframe = sys._getframe()\n"
            'while "exercise" not in frame.f_locals:\n    frame = frame.f_back\n'
            'return frame.f_locals["exercise"].exact(GIVEN)'
        ),
    ),
    cheats(
        "copy-asked",
        tries="the judge's questions answered by the answer key, in the kernel's place",
        first="""\
from ipykernel.kernelapp import IPKernelApp
from bptt.exact import complex_step
kernel = IPKernelApp.instance().kernel
async def answers(stream, ident, parent):
    from bptt_instructor.grading.protocol.messages import Answer, Question
    header = parent["header"]
    for number, asked in enumerate(parent["content"]["questions"]):
        about = {**parent, "header": {**header, "msg_id": f"{header['msg_id']}/{number}"}}
        question = Question.from_dict(asked["question"])
        result = check.EXERCISES[question.exercise].exact(*question.arguments.values())
        told = {"nonce": asked["nonce"], "answer": Answer(result).as_dict()}
        kernel.session.send(kernel.iopub_socket, "bptt_ask_reply", told, about)
if "bptt_ask_request" in getattr(kernel, "shell_handlers", {}):
    kernel.shell_handlers["bptt_ask_request"] = answers""",
        writes=dict.fromkeys(NAMES, "raise NotImplementedError"),
    ),
    cheats(
        "copy-search",
        tries="the solution, looked for on the disk",
        blank=True,
        first="import pathlib, re\n"
        "for place in ('@course@', '..'):\n"
        "    for path in pathlib.Path(place).rglob('01_cell_backward.*'):\n"
        "        if 'BEGIN SOLUTION' in path.read_text(errors='replace'):\n"
        "            found = path.read_text()\n"
        "            exec('\\n'.join(re.findall(r'(?ms)^def rnn_cell.*?(?=^# %%)', found)))",
    ),
    cheats(
        "copy-clock",
        tries="numerical differentiation under a stopped clock",
        first=LOSS + "import time\ntime.perf_counter = time.process_time = time.monotonic = time.time = lambda: 0.0",
        writes=by("_nudged"),
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
        first="from bptt import exact",
        writes={
            "rnn_backward": "return exact.lent(exact.rnn_backward)(da, caches)",
            "rnn_backward_per_loss": "return exact.lent(exact.rnn_backward)(da, caches)",
            "output_backward": "raise NotImplementedError",
            "rnn_backward_truncated": "raise NotImplementedError",
        },
        assignment=sequence.ASSIGNMENT,
    ),
    cheats(
        "copy-memory-lent",
        tries="the answer key of the LSTM, through its own back door",
        first="from bptt import exact",
        writes=dict.fromkeys((*memory.RIGHT, "lstm_cell_dz", "lstm_backward_fused"), "raise NotImplementedError")
        | {
            "lstm_cell_backward": "return exact.lent(exact.lstm_cell_backward)(da_next, dc_next, cache)",
            "lstm_backward": "return exact.lent(exact.lstm_backward)(da, caches)",
        },
        assignment=memory.ASSIGNMENT,
    ),
)
