"""Costs: numerical differentiation, whose CPU time is hidden, moved elsewhere, or made to look like something else."""

from functools import partial

from submissions.hostile.attack import NOTHING, Attack
from submissions.hostile.cheating import ALL, LOSS, TOO_DEAR

hides = partial(Attack, family="hiding the cost", fair=NOTHING, status=TOO_DEAR)

INPUTS = '("xt", "a_prev")'
PARAMETERS = '("Wax", "Waa", "ba")'


def nudging(around="{}"):
    """Solutions that nudge every number, each within some code; ``{}`` stands for the gradients."""
    calls = {
        "rnn_cell_inputs_backward": f"_nudged(_linear, dz, cache, {INPUTS})",
        "rnn_cell_parameters_backward": f"_nudged(_linear, dz, cache, {PARAMETERS})",
        "rnn_cell_backward": f"_nudged(_forward, da_next, cache, {ALL})",
    }
    return {"rnn_cell_dz": "raise NotImplementedError"} | {
        name: f"entries = cache.parameters['Wax'].size + cache.xt.size\n{around.replace('{}', call)}"
        if "\n" in around or "return" in around
        else f"return {call}"
        for name, call in calls.items()
    }


def padded(student, tries, padding):
    """Nudging that takes the same CPU time, or any, whatever the size; ``{}`` stands for the gradients."""
    call = f"_nudged(_linear, dz, cache, {PARAMETERS})"
    return hides(
        student,
        tries=tries,
        first=LOSS + "import random, time\nslowest = [0.0]\n"
        "def until(end):\n    while time.process_time() < end:\n        pass",
        writes=nudging()
        | {"rnn_cell_parameters_backward": f"began = time.process_time()\n{padding.replace('{}', call)}\nreturn found"},
        seen=("rnn_cell_parameters_backward gives the right numbers",),
    )


COSTS = (
    hides(
        "cost-raises",
        tries="raises on large arrays, and answers small ones",
        first=LOSS,
        writes=nudging("if entries > 300:\n    raise MemoryError\nreturn {}"),
        seen=("is right on small arrays, and not on larger ones",),
    ),
    hides(
        "cost-lies",
        tries="zeros for large arrays",
        first=LOSS,
        writes=nudging(
            "if entries > 300:\n    upstream = dz if 'dz' in locals() else da_next\n"
            "    return {key: 0 * value for key, value in ({}).items()}\nreturn {}"
        ),
        seen=("is right on small arrays, and not on larger ones",),
    ),
    hides(
        "cost-plot",
        tries="behind a plot",
        first=LOSS + "import matplotlib.pyplot as plt",
        writes=nudging("plt.figure()\nplt.plot(np.ones(3))\nplt.close()\nreturn {}"),
    ),
    hides(
        "cost-sleep",
        tries="behind sleep",
        first=LOSS + "import time",
        writes=nudging("time.sleep(0.02)\nreturn {}"),
    ),
    hides(
        "cost-child",
        tries="in a child whose end nobody waits for",
        first=LOSS + "import os, pickle, signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "def elsewhere(call):\n    read, write = os.pipe()\n    if not os.fork():\n"
        "        with os.fdopen(write, 'wb') as pipe:\n            pickle.dump(call(), pipe)\n        os._exit(0)\n"
        "    os.close(write)\n    with os.fdopen(read, 'rb') as pipe:\n        return pickle.load(pipe)",
        writes=nudging("return elsewhere(lambda: {})"),
    ),
    hides(
        "cost-helpers",
        tries="in helpers that were started before",
        first=LOSS + "import multiprocessing\nours, theirs = multiprocessing.get_context('fork').Pipe()\n"
        "def serve():\n    while True:\n        kind, *given = theirs.recv()\n"
        "        theirs.send(_nudged(globals()[kind], *given))\n"
        "helper = multiprocessing.get_context('fork').Process(target=serve, daemon=True)\nhelper.start()\n"
        "def by_helper(forward, *given):\n    ours.send((forward.__name__, *given))\n    return ours.recv()",
        writes={name: lines.replace("_nudged(", "by_helper(") for name, lines in nudging().items()},
    ),
    hides(
        "cost-thread",
        tries="in a thread that was started before",
        first=LOSS + "import queue, threading\nwork, done = queue.Queue(), queue.Queue()\n"
        "def serve():\n    while True:\n        done.put(_nudged(*work.get()))\n"
        "threading.Thread(target=serve, daemon=True).start()\n"
        "def by_thread(*given):\n    work.put(given)\n    return done.get()",
        writes={name: lines.replace("_nudged(", "by_thread(") for name, lines in nudging().items()},
    ),
    hides(
        "cost-cached",
        tries="with a decorator that keeps answers for the next time",
        first=LOSS + "kept = {}\ndef cached(function):\n    def call(forward, upstream, cache, names):\n"
        "        key = upstream.tobytes(), names\n        if key not in kept:\n"
        "            kept[key] = function(forward, upstream, cache, names)\n        return kept[key]\n    return call\n"
        "_nudged = cached(_nudged)",
        writes=nudging(),
    ),
    hides(
        "cost-clocks",
        tries="under stopped clocks: time, resource and os",
        first=LOSS + "import os, resource, time\n"
        "time.perf_counter = time.process_time = time.thread_time = time.monotonic = time.time = lambda *given: 0.0\n"
        "resource.getrusage = os.times = os.wait4 = lambda *given: (0,) * 16",
        writes=nudging(),
        targets=(
            *("time.perf_counter", "time.process_time", "time.thread_time", "time.monotonic", "time.time"),
            *("resource.getrusage", "os.times", "os.wait4"),
        ),
    ),
    padded("cost-padded", "padded, so that every call takes 0.3 s", "found = {}\nuntil(began + 0.3)"),
    padded("cost-random", "behind 0.1 s to 0.45 s", "until(began + random.uniform(0.1, 0.45))\nfound = {}"),
    padded(
        "cost-adaptive",
        "padded, so that every call takes as long as the slowest so far, where nobody would mind",
        "found = {}\nuntil(began + slowest[0])\nslowest[0] = min(max(slowest[0], time.process_time() - began), 0.45)",
    ),
)
