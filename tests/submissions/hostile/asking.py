"""Asking: what the course's code in the sandbox may ask the grader is asked for more than it is meant for."""

from functools import partial

from nbformat.v4 import new_code_cell

from bptt.check.exercises import EXERCISES
from submissions import graphs, memory, names, sequence, training
from submissions.hostile.attack import EVERYTHING, NOTHING, WRONG, Attack, cell, ends_with

asks = partial(Attack, family="asking the grader", fair=NOTHING)
solved = partial(Attack, family="asking the grader")

GRAPHS = (
    *("check-tanh_backward", "check-sigmoid_backward", "check-dW", "check-db", "check-dX", "check-fan_out-product"),
    *("check-fan_out-dx", "check-two_layer-second", "check-two_layer-first"),
    *("check-numerical_gradient", "check-relative_error"),
)
SEQUENCE = (
    *("check-da_loss", "check-dWya-dby", "check-dx", "check-da0", "check-dWax-dWaa", "check-dba"),
    *("check-rnn_backward_per_loss", "check-rnn_backward_truncated"),
)
MEMORY = (
    *("check-dc", "check-dzf-dzi", "check-dzc", "check-dzo", "check-dWf-dWi-dWc-dWo", "check-dbf-dbi-dbc-dbo"),
    *("check-dxt-da_prev", "check-dc_prev", "check-lstm_cell_backward", "check-dx", "check-da0", "check-parameters"),
    *("check-lstm_cell_dz", "check-lstm_backward_fused"),
)
"""Graded cells of the other lessons."""


def in_one_line(*names):
    """Solutions that are a call of the exact function of the same name."""
    return {name: f"return bptt.exact.{name}({', '.join(EXERCISES[name].arguments)})" for name in names}


def one_line_solutions(student, lesson, *names):
    return asks(
        student,
        tries="the answer key in one line, for every exercise of a lesson",
        first="import bptt.exact",
        writes=in_one_line(*names),
        targets=tuple(f"bptt.exact.{name}" for name in names),
        seen=("Your function calls bptt.exact",),
        assignment=lesson,
    )


def replaced_by(name, source):
    """Write another source into a solution cell."""

    def then(notebook):
        cell(notebook, name).source = source
        return notebook

    return then


def cell_after(grade_id, source):
    """Add a cell after a graded one, which is examined before it and again after it."""

    def then(notebook):
        notebook.cells.insert(notebook.cells.index(cell(notebook, grade_id)) + 1, new_code_cell(source, id="between"))
        return notebook

    return then


def odd_questions(*questions):
    """Ask questions in a cell, and show how many are refused; the cell itself ends well."""
    lines = "".join(f"    lambda: {question},\n" for question in questions)
    return (
        "import numpy as np, bptt.exact\nfrom bptt import inputs, rnn, lstm\n"
        "from bptt.graphs import WeightedInputCache\n"
        "ask, refused, answered = get_ipython().kernel.channel.ask, [], []\n"
        "da, cache = inputs.rnn_cell(1, 3, 4, 2, 5)[:2]\n"
        "da_all, caches = inputs.rnn(1, 3, 4, 2, 5, 6)[:2]\n"
        f"for question in (\n{lines}):\n"
        "    try:\n        answered.append(question())\n"
        "    except Exception as error:\n        refused.append(type(error).__name__)\n"
        "print('refused:', len(refused), 'answered:', len(answered), answered, refused)\n"
    )


ODD = (
    'ask("embedding_backward", ([np.zeros((2, 1, 1)), np.zeros((1, 1), int), 10**12], {}))',
    'ask("many_to_one_upstream", ([np.zeros((1, 1)), np.ones(1, int), 10**12], {}))',
    'ask("rnn_cell_dz", ([np.zeros((30_000, 1)), cache._replace(a_next=np.zeros((1, 30_000)))], {}))',
    'ask("tanh_backward", ([np.zeros((30_000, 1)), np.zeros((1, 30_000))], {}))',
    'ask("tanh_backward", ([np.zeros((5, 1)), np.zeros(())], {}))',
    'ask("tanh_backward", ([[[1.0] * 50] * 50, [[1.0] * 50] * 50], {}))',
    'ask("tanh_backward", ([np.array(["a"]), np.array(["b"])], {}))',
    'ask("tanh_backward", ([np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2))], {}))',
    'ask("tanh_backward", ([np.zeros((2, 2)), np.zeros((2, 2))], {"more": 1}))',
    'ask("tanh_backward", ([], {}))',
    'ask("tanh_backward", ({}, []))',
    'ask("tanh_backward", 7)',
    'ask("tanh_backward", (None,) * 3)',
    'ask("weighted_input_backward", ([np.zeros((5_000, 1)), WeightedInputCache(*[np.zeros((1, 5_000))] * 3)], {}))',
    'ask("weighted_input_backward", ([da, cache], {}))',
    'ask("rnn_cell_backward", ([da, cache._replace(parameters={})], {}))',
    'ask("rnn_cell_backward", ([da, cache._replace(parameters=[1, 2])], {}))',
    'ask("rnn_cell_backward", ([da, tuple(cache)], {}))',
    'ask("rnn_cell_backward", ([da, None], {}))',
    'ask("rnn_backward", ([da_all, rnn.RNNCaches([], caches.x)], {}))',
    'ask("rnn_backward", ([da_all, rnn.RNNCaches(caches.steps * 500, caches.x)], {}))',
    'ask("rnn_backward", ([da_all, rnn.RNNCaches(caches, caches)], {}))',
    'ask("lstm_backward", ([da_all, caches], {}))',
    'ask("influence", ([np.zeros((64, 100, 900)), caches, "a"], {}))',
    'ask("gradients", ([], {}))',
    'ask("__class__", ([], {}))',
    'ask("", ([], {}))',
    "ask(None, ([], {}))",
    "ask(7, ([], {}))",
    'ask(["rnn_backward"], ([], {}))',
    'ask({"rnn_backward": 1}, ([], {}))',
    r'ask("\ud800", ([], {}))',
    'ask("x" * 1_000_000, ([], {}))',
    "ask('rnn_backward', (float('nan'), float('inf'), -0.0, 10**400, 1e400))",
)

CHANNEL = "get_ipython().kernel.channel"
FRAMES = """\
import json, threading, time
channel = get_ipython().kernel.channel
def frame(message):
    data = json.dumps(message).encode()
    return len(data).to_bytes(4, "big") + data
"""

UNASKED = """\
def asks():
    for number in range(300):
        for message in (
            {"question": 10**6 + number, "name": "rnn_cell_dz", "arguments": {}},
            {"question": None},
            {"question": "x", "name": [1]},
            {"question": 10**6, "name": "nothing", "arguments": {"value": {"array": 10**9}, "arrays": []}},
            {"answer": number, "result": {}},
            {"answer": [], "error": 1},
        ):
            channel.send(frame(message))
        time.sleep(0.005)
threading.Thread(target=asks, daemon=True).start()
"""

STAGES = {
    "rnn_cell_dz": "return bptt.exact.tanh_backward(da_next, cache.a_next)",
    "rnn_cell_inputs_backward": """\
cached = WeightedInputCache(cache.xt, cache.parameters["Wax"], cache.parameters["ba"])
dxt = bptt.exact.weighted_input_backward(dz, cached)["dX"]
return {"dxt": dxt, "da_prev": bptt.exact.rnn_cell_backward(dz, cache)["da_prev"]}
""",
    "rnn_cell_parameters_backward": """\
found = bptt.exact.rnn_backward(dz[:, :, None], rnn.RNNCaches([cache], cache.xt[:, :, None]))
return {name: found[name] for name in ("dWax", "dWaa", "dba")}
""",
    "rnn_cell_backward": """\
found = bptt.exact.rnn_backward(da_next[:, :, None], rnn.RNNCaches([cache], cache.xt[:, :, None]))
return {"dxt": found.pop("dx")[:, :, 0], "da_prev": found.pop("da0"), **found}
""",
}

STASH = """\
if dz.tobytes() in answers:
    return answers[dz.tobytes()]
stash.append((dz, cache))
return {"dxt": np.zeros(cache.xt.shape), "da_prev": np.zeros(cache.a_prev.shape)}
"""
LATER = """\
import bptt.exact
for dz, cache in stash:
    answers[dz.tobytes()] = bptt.exact.rnn_cell_inputs_backward(dz, cache)
print("stashed and answered:", len(answers) > 0 and len(answers) == len(stash))
"""

ONE_TRAVERSAL = """\
da_next, total, x = np.zeros(da.shape[:2]), {}, caches.x
dx = np.zeros(x.shape)
for t in reversed(range(da.shape[2])):
    found = rnn_cell_backward(da[:, :, t] + da_next, caches.steps[t])
    dx[:, :, t], da_next = found.pop("dxt"), found.pop("da_prev")
    total = {name: total.get(name, 0) + gradient for name, gradient in found.items()}
tiny = inputs.rnn_cell(1, 1, 1, 1, 1)[:2]
for _ in range(da.shape[2] * (da.shape[2] - 1) // 2):
    rnn_cell_backward(*tiny)
return {"dx": dx, "da0": da_next, **total}
"""

ASKING = (
    one_line_solutions(
        "ask-lesson-00",
        graphs.ASSIGNMENT,
        *("tanh_backward", "sigmoid_backward", "weighted_input_backward", "fan_out", "numerical_gradient"),
        *("relative_error", "two_layer_backward"),
    ),
    one_line_solutions(
        "ask-lesson-02",
        sequence.ASSIGNMENT,
        *("output_backward", "rnn_backward", "rnn_backward_per_loss", "rnn_backward_truncated"),
    ),
    one_line_solutions(
        "ask-lesson-03", memory.ASSIGNMENT, *memory.RIGHT, "lstm_cell_backward", "lstm_cell_dz", "lstm_backward_fused"
    ),
    one_line_solutions(
        "ask-lesson-04",
        training.ASSIGNMENT,
        *("many_to_one_upstream", "clip_gradients", "adam_step", "embedding_backward", "dream_input"),
    ),
    one_line_solutions("ask-lesson-05", names.ASSIGNMENT, *("next_letter_targets", "sample_name", "letter_gradients")),
    asks(
        "ask-others",
        tries="exact functions of other exercises, which give the same numbers",
        first="import bptt.exact\nfrom bptt import rnn\nfrom bptt.graphs import WeightedInputCache",
        writes=STAGES,
        targets=(
            *("bptt.exact.tanh_backward", "bptt.exact.weighted_input_backward", "bptt.exact.rnn_cell_backward"),
            *("bptt.exact.rnn_backward", 'sys.modules["bptt.rnn"].RNNCaches', "bptt.graphs.WeightedInputCache"),
        ),
        seen=("Your function calls bptt.exact",),
    ),
    asks(
        "ask-stand-ins",
        tries="the exact stages of the assembly, for what they are not",
        writes=WRONG
        | {
            "rnn_cell_backward": "return {**rnn_cell_inputs_backward(da_next, cache), "
            "**rnn_cell_parameters_backward(da_next, cache)}"
        },
    ),
    asks(
        "ask-child",
        tries="a child that asks in the kernel's place",
        first="import os, pickle\nchannel = get_ipython().kernel.channel",
        writes={
            name: "read, write = os.pipe()\nif not os.fork():\n    channel._process = os.getpid()\n    try:\n"
            f"        found = channel.ask('{name}', ([{', '.join(EXERCISES[name].arguments)}], {{}}))\n"
            "    except Exception as error:\n        found = type(error).__name__\n"
            "    os.write(write, pickle.dumps(found))\n    os._exit(0)\n"
            "os.close(write)\nfound = pickle.loads(os.fdopen(read, 'rb').read())\nprint('child:', found)\nreturn found"
            for name in WRONG
        },
        targets=(f"{CHANNEL}.ask", "kernel.channel._process"),
        seen=("child: LookupError",),
    ),
    asks(
        "ask-later",
        tries="what was asked is kept, and asked for before the same function is checked again",
        first="stash, answers = [], {}",
        writes=WRONG | {"rnn_cell_inputs_backward": STASH},
        then=cell_after("check-dxt", LATER),
        targets=("bptt.exact.rnn_cell_inputs_backward",),
        seen=("stashed and answered: True",),
    ),
    asks(
        "ask-thread-waits",
        tries="a thread that goes on asking for what was asked, between the checks",
        first="import threading, time\nstash, answers, said = [], {}, set()\nask = get_ipython().kernel.channel.ask\n"
        "def asks():\n    for _ in range(3000):\n        for name, given in list(stash):\n            try:\n"
        "                answers[given[0].tobytes()] = ask(name, (list(given), {}))\n"
        "            except Exception as error:\n                said.add(type(error).__name__)\n"
        "        time.sleep(0.002)\n"
        "threading.Thread(target=asks, daemon=True).start()",
        writes={
            name: f"given = {', '.join(EXERCISES[name].arguments)}\nstash[:] = [('{name}', given)]\ntime.sleep(0.02)\n"
            "return answers[given[0].tobytes()]"
            for name in WRONG
        },
        then=ends_with("print(sorted(said))"),
        targets=(f"{CHANNEL}.ask",),
        status=("graded", "timed out"),
        seen=("LookupError", "KeyError"),
    ),
    solved(
        "ask-odd",
        tries="odd questions: too large, of shapes that do not fit or broadcast, nested, of no kind, by no name",
        first=odd_questions(*ODD),
        targets=(
            *(f"{CHANNEL}.ask", 'sys.modules["bptt.inputs"].rnn', 'sys.modules["bptt.rnn"].RNNCaches'),
            "bptt.graphs.WeightedInputCache",
        ),
        seen=(f"refused: {len(ODD)} answered: 0",),
    ),
    solved(
        "ask-many",
        tries="five thousand questions with right answers",
        first="import bptt.exact\nfrom bptt import inputs\nda, cache = inputs.rnn_cell(1, 3, 4, 2, 5)[:2]\n"
        "for _ in range(5_000):\n    found = bptt.exact.rnn_cell_dz(da, cache)\nprint('asked')",
        status=("graded", "timed out"),
        targets=("bptt.exact.rnn_cell_dz",),
    ),
    solved(
        "ask-between",
        tries="questions between cells, answers that nobody asked for, and questions that are no questions",
        first=FRAMES + UNASKED,
        targets=(f"{CHANNEL}.send",),
    ),
    solved(
        "ask-counted",
        tries="one traversal, and as many calls with tiny arrays as the exercise asks for",
        first="from bptt import inputs",
        writes={"rnn_backward_per_loss": ONE_TRAVERSAL},
        # It wins: the grader counts calls, and cannot tell what they were for. See docs/security.md.
        fair=SEQUENCE,
        targets=('sys.modules["bptt.inputs"].rnn_cell',),
        assignment=sequence.ASSIGNMENT,
    ),
    solved(
        "ask-name-sequence",
        tries="rnn_backward_per_loss = rnn_backward",
        then=replaced_by("rnn_backward_per_loss", "rnn_backward_per_loss = rnn_backward"),
        fair=tuple(test for test in SEQUENCE if test != "check-rnn_backward_per_loss"),
        says="not with the calls",
        assignment=sequence.ASSIGNMENT,
    ),
    solved(
        "ask-name-memory",
        tries="lstm_backward_fused = lstm_backward, which has no points, and the same result",
        then=replaced_by("lstm_backward_fused", "lstm_backward_fused = lstm_backward"),
        fair=MEMORY,
        assignment=memory.ASSIGNMENT,
    ),
    solved(
        "ask-complex",
        tries="numerical_gradient by an imaginary nudge, which is a right answer too",
        writes={
            "numerical_gradient": "dx = np.zeros_like(x)\nfor index in np.ndindex(x.shape):\n"
            "    nudged = x.astype(complex)\n    nudged[index] += 1j * h\n    dx[index] = f(nudged).imag / h\nreturn dx"
        },
        fair=GRAPHS,
        assignment=graphs.ASSIGNMENT,
    ),
    solved(
        "ask-own-nudge",
        tries="numerical_gradient with a nudge of its own",
        writes={
            "numerical_gradient": "dx = np.zeros_like(x)\nfor index in np.ndindex(x.shape):\n"
            "    up, down = x.copy(), x.copy()\n    up[index] += 1e-6\n    down[index] -= 1e-6\n"
            "    dx[index] = (f(up) - f(down)) / 2e-6\nreturn dx"
        },
        fair=tuple(test for test in GRAPHS if test != "check-numerical_gradient"),
        assignment=graphs.ASSIGNMENT,
    ),
    solved(
        "ask-large",
        tries="an honest accident: exact gradients of arrays larger than a message",
        first="import bptt.exact, numpy as np\nlarge = np.zeros((1200, 1000))\ntry:\n"
        "    bptt.exact.tanh_backward(large, large)\nexcept Exception as error:\n"
        "    print('large:', type(error).__name__)",
        targets=("bptt.exact.tanh_backward",),
        fair=EVERYTHING,
        seen=("large: ValueError",),
    ),
)
