"""A kernel in its sandbox: it runs what learners write, and keeps the rest to itself."""

import socket
import subprocess
import sys
import tempfile
import time
from ast import literal_eval
from itertools import count
from pathlib import Path

import numpy as np
import psutil
import pytest

from bptt.check.exercises import EXERCISES
from bptt.inputs import Sizes
from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.judge.cost import CostResult, measure_cost
from bptt_instructor.grading.kernel_client.client import CELL_TIMEOUT, DEAD_KERNEL, EndReason, NoReplyError
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.kernel_client.zygote_process import SandboxError
from bptt_instructor.grading.limits import MB, Limits
from bptt_instructor.grading.protocol.messages import CallRequest
from bptt_instructor.lessons.check_calls import CheckCall

SUITE = BpttSuite()
SMALL = Limits(
    cell_seconds=3,
    notebook_seconds=40,
    answer_seconds=2,
    memory_bytes=300 * MB,
    process_bytes=1500 * MB,
    processes=40,
    file_bytes=5 * MB,
    disk_bytes=10 * MB,
    cell_output_bytes=20_000,
    output_bytes=4 * MB,
)


@pytest.fixture(scope="module")
def kernels():
    made = KernelLauncher(SMALL, SUITE)
    yield made
    made.close()


@pytest.fixture
def kernel(kernels):
    with kernels.start({"notes/data.csv": b"1,2\n"}) as started:
        yield started


@pytest.fixture
def shows(kernel):
    """Run a cell and return all that it shows, as text."""

    def text(source):
        return "".join(
            output.get("text") or "\n".join(output.get("traceback", ())) or output["data"].get("text/plain", "")
            for output in kernel.run(source).outputs
        )

    return text


def test_outputs_are_those_of_a_notebook(kernel):
    ran = kernel.run("print('a')\nprint('b')\nimport sys\nprint('c', file=sys.stderr)\n1 + 1")
    assert not ran.failed
    assert ran.count == 1
    assert [(o.output_type, o.get("name")) for o in ran.outputs] == [
        ("stream", "stdout"),
        ("stream", "stderr"),
        ("execute_result", None),
    ]
    assert ran.outputs[0].text == "a\nb\n"
    assert ran.outputs[2].data == {"text/plain": "2"}
    failed = kernel.run("1 / 0")
    assert failed.failed
    assert failed.outputs[0].ename == "ZeroDivisionError"


def test_top_level_await_and_subprocesses_work(shows):
    assert shows("import asyncio\nawait asyncio.sleep(0.01)\n'done'") == "'done'"
    assert shows("!echo $((2 + 3))").strip() == "5"


def test_pictures_stay_and_pages_do_not(kernel):
    ran = kernel.run(
        "from IPython.display import HTML, Image, display\n"
        "display(HTML('<script>alert(1)</script>'))\n"
        "display({'image/svg+xml': '<svg onload=alert(1)>', 'application/javascript': 'alert(1)'}, raw=True)\n"
        "display({'image/png': 'not a picture'}, raw=True)\n"
        "display(Image(b'\\x89PNG\\r\\n\\x1a\\n'))"
    )
    assert [set(o.data) for o in ran.outputs] == [{"text/plain"}, {"image/png", "text/plain"}]
    assert "alert" not in str(ran.outputs)


def test_nobody_answers_input(shows):
    assert "StdinNotImplementedError" in shows("input('name? ')")


def test_its_own_files_are_there_and_nothing_else_is(shows):
    assert shows("open('notes/data.csv').read()") == r"'1,2\n'"
    assert shows("import os\nsorted(os.listdir('.'))") == "['notes']"
    here = Path(__file__)
    own = (here, here.parents[2] / "solutions", Path.home() / ".bashrc")
    for hidden in (*own, "/etc/shadow", "/var/log", "/run", "/sys"):
        assert shows(f"os.path.exists({str(hidden)!r})") == "False", hidden
    assert shows("[name for name in os.environ if 'KEY' in name or 'TOKEN' in name or 'CONNECTION' in name]") == "[]"


def test_the_system_cannot_be_written(shows):
    for place in ("/usr/bad", "/bad", "/etc/bad", "/dev/bad", np.__file__):
        assert "Error" in shows(f"open({place!r}, 'w')"), place


def test_there_is_no_network(shows):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    assert "OSError" in shows(f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)")
    assert shows("import socket\nsocket.if_nameindex()") in ("[(1, 'lo')]", "OSError") or "PermissionError" in shows(
        "socket.if_nameindex()"
    )
    listener.close()


def test_it_sees_no_process_but_its_own(shows):
    assert shows("import os\n[name for name in os.listdir('/proc') if name.isdigit()]") == "['1']"
    assert shows("os.getpid(), os.getuid()") == "(1, 1000)"


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.mount(b'none', b'/mnt', b'tmpfs', 0, None)",
        "libc.umount2(b'/proc', 2)",
        "libc.ptrace(0, 0, 0, 0)",
        "libc.syscall(250, 0, 0, 0, 0)",  # keyctl
        "libc.syscall(425, 1, 0)",  # io_uring_setup
        "libc.memfd_create(b'x', 0)",
        "libc.shmget(0, 4096, 0o1600)",
        "libc.socket(38, 5, 0)",  # kernel's own cryptography
        "libc.socket(16, 3, 0)",  # netlink
        "libc.setuid(0)",
    ],
)
def test_doors_into_the_system_are_shut(shows, call):
    assert shows(f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n{call}") == "-1"


def test_it_has_no_rights(shows):
    told = literal_eval(shows("open('/proc/self/status').read()"))
    status = dict(line.split(":\t") for line in told.splitlines() if ":\t" in line)
    assert {status[name].strip("0") for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {""}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_nothing_is_left_for_the_next(kernels):
    with kernels.start({}) as first:
        first.run("import os, numpy\nnumpy.mark = 1\nos.environ['MARK'] = '1'")
        for folder in ("/dev/shm", "/learner", "."):  # noqa: S108 - the sandbox's own
            assert not first.run(f"open('{folder}/mark', 'w').write('x')").failed
        first.run("import subprocess\nsubprocess.Popen(['sleep', '345'], start_new_session=True)")
    with kernels.start({}) as second:
        ran = second.run(
            "import os, numpy\n[hasattr(numpy, 'mark'), 'MARK' in os.environ, os.listdir('/dev/shm'), "
            "os.listdir('.'), os.path.exists('/learner/mark')]"
        )
        assert ran.outputs[0].data["text/plain"] == "[False, False, [], [], False]"
    assert "sleep 345" not in subprocess.run(["ps", "ax"], capture_output=True, text=True, check=True).stdout


def test_random_numbers_differ(kernels):
    seen = set()
    for _ in range(2):
        with kernels.start({}) as kernel:
            seen.add(str(kernel.run("import random, numpy\nrandom.random(), numpy.random.rand()").outputs[0].data))
    assert len(seen) == 2


def test_own_files_do_not_take_the_place_of_modules(kernels):
    fakes = dict.fromkeys(("numpy.py", "bptt.py", "fractions.py"), b"raise SystemExit")
    with kernels.start(fakes | {"helper.py": b"x = 7"}) as kernel:
        ran = kernel.run("import numpy, bptt, fractions, helper\nhelper.x")
        assert ran.outputs[0].data["text/plain"] == "7"


def test_an_endless_loop_is_stopped_and_the_next_cell_runs(kernel):
    ran = kernel.run("while True:\n    pass")
    assert ran.timed_out
    assert ran.outputs[-1].ename == CELL_TIMEOUT
    assert kernel.run("1 + 1").outputs[0].data["text/plain"] == "2"


def test_what_cannot_be_interrupted_is_ended(kernel):
    ran = kernel.run(
        "while True:\n    try:\n        while True:\n            pass\n    except KeyboardInterrupt:\n        pass"
    )
    assert (ran.timed_out, kernel.ended) == (True, EndReason.TIME)
    later = kernel.run("1 + 1")
    assert later.failed
    assert later.outputs[0].ename == DEAD_KERNEL


def test_a_notebook_has_its_time(kernels):
    hasty = KernelLauncher(Limits(cell_seconds=2, notebook_seconds=3), SUITE)
    with hasty.start({}) as kernel:
        start = time.monotonic()
        while not kernel.ended and time.monotonic() < start + 20:
            kernel.run("import time\ntime.sleep(1)")
        assert kernel.ended is EndReason.NOTEBOOK_TIME
    hasty.close()


def test_memory_of_all_processes_is_bounded(kernel):
    kernel.run(
        "import os, time\n"
        "for _ in range(4):\n"
        "    if not os.fork():\n"
        "        kept = b'x' * 100_000_000\n"
        "        time.sleep(60)\n"
        "time.sleep(2.5)"
    )
    assert kernel.ended is EndReason.MEMORY


def test_memory_of_one_process_is_bounded(shows):
    assert "MemoryError" in shows("import numpy\nnumpy.ones(10**9)")


def test_processes_are_bounded(shows):
    counted = shows(
        "import os, time\n"
        "made = 0\n"
        "try:\n"
        "    for _ in range(100):\n"
        "        if not os.fork():\n"
        "            time.sleep(60)\n"
        "        made += 1\n"
        "except BlockingIOError:\n"
        "    pass\n"
        "made"
    )
    assert 5 < int(counted) < 40


def test_disk_is_bounded(shows):
    assert "OSError" in shows("open('a', 'wb').write(bytes(6_000_000))")
    assert "No space" in shows("for name in 'bcdef':\n    open(name, 'wb').write(bytes(4_000_000))")


def test_output_is_bounded(kernel):
    ran = kernel.run("print('x' * 100_000)")
    assert len(ran.outputs[0].text) < 30_000
    assert "cut off" in ran.outputs[-1].text
    kernel.run("while True:\n    print('y' * 100_000, flush=True)")
    assert kernel.ended is EndReason.OUTPUT


def test_python_that_stops_is_noticed(kernel):
    ran = kernel.run("print('before', flush=True)\nimport os\nos._exit(3)")
    assert kernel.ended is EndReason.EXITED
    assert ran.outputs[-1].ename == DEAD_KERNEL


def question(**arguments):
    return CallRequest("tanh_backward", "tanh_backward", arguments)


def test_a_function_is_called_with_what_is_sent(kernel):
    kernel.run("def tanh_backward(da, a):\n    print('hm')\n    da *= 1 - a**2\n    return da")
    da, a = np.array([[2.0]]), np.array([[0.5]])
    answer = kernel.call(question(da=da, a=a))
    assert answer.result == np.array([[1.5]])
    assert (answer.printed, answer.changed) == ("hm\n", ("da",))
    assert answer.origin == "In [1]"


def test_a_function_that_fails_or_is_not_there_is_an_answer(kernel):
    assert kernel.call(question(da=1)).error == "NameError"
    kernel.run("def tanh_backward(da):\n    raise ValueError('shape')")
    answer = kernel.call(question(da=1))
    assert (answer.error, answer.message) == ("ValueError", "shape")


LOOP = """
import numpy as np
weights = {"Wax": np.ones((2, 2))}
def rnn_backward(da, caches):
    weights["Wax"]
    return rnn_cell_backward(da[:, :, 0], CACHE)
"""


def test_an_error_comes_with_plain_words_and_what_the_function_reads(kernel):
    case = EXERCISES["rnn_backward"].case(1, Sizes(3, 4, 2, 5, 6))
    said = []
    for cache in ("caches.steps", "caches.steps[9]"):
        kernel.run(LOOP.replace("CACHE", cache))
        answer = kernel.call(CallRequest("rnn_backward", "rnn_backward", case, ("rnn_cell_backward",)))
        said.append((answer.error, answer.advice, answer.reads))
    given = "for its second argument it is given a list of 6 caches, where an array or the cache of one step belongs."
    assert said == [
        ("TypeError", f"rnn_cell_backward cannot be called like this: {given}", ("weights",)),
        ("IndexError", "caches.steps has 6 entries, with indices 0 to 5; index 9 is asked for.", ("weights",)),
    ]


def test_a_function_that_never_returns_is_no_answer_and_the_notebook_goes_on(kernel):
    kernel.run("def tanh_backward(da):\n    while True:\n        pass")
    with pytest.raises(NoReplyError, match="too long"):
        kernel.call(question(da=1))
    assert kernel.run("1 + 1").outputs[0].data["text/plain"] == "2"


FORGE = """
kernel = get_ipython().kernel
right = {"result": {"value": 1, "arrays": []}, "error": "", "message": "", "at_line": "", "advice": "", "warned": [],
         "printed": "", "changed": [], "axes": [], "origin": "", "reads": [], "own": []}
def forged(request, content):
    nonce = content["calls"][0]["nonce"]
    ANSWER
kernel.handlers["call_request"] = forged
"""
SEND = 'kernel.send("call_reply", request + "/0", {})'


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        '{"nonce": "0", "result": right}',
        '{"nonce": nonce}',
        '{"nonce": nonce, "result": None}',
        '{"nonce": nonce, "result": right | {"result": 1}}',
        '{"nonce": nonce, "result": right | {"extra": 1}}',
        '{"nonce": nonce, "result": right | {"warned": "x"}}',
        '{"nonce": nonce, "result": right | {"error": "x" * 100_000}}',
        '{"nonce": nonce, "result": right | {"axes": [True]}}',
    ],
)
def test_what_is_not_an_answer_counts_for_nothing(kernel, content):
    kernel.run(FORGE.replace("ANSWER", SEND.replace("{}", content)))
    with pytest.raises(NoReplyError):
        kernel.call(question(da=1))


def test_silence_is_no_answer(kernel):
    kernel.run(FORGE.replace("ANSWER", "pass"))
    with pytest.raises(NoReplyError):
        kernel.call(question(da=1))


def test_a_well_formed_lie_is_an_answer_and_nothing_more(kernel):
    kernel.run(FORGE.replace("ANSWER", SEND.replace("{}", '{"nonce": nonce, "result": right}')))
    assert kernel.call(question(da=1)).result == 1


@pytest.mark.parametrize(
    "frame",
    [
        *("", "rubbish", "{", "[" * 100_000, "[]", "7", '{"a":' * 50_000, "1e999999", "1" * 5000),
        *('{"type": 1}', '{"question": []}', '{"type": "call_reply", "part": PART}'),
        '{"type": "stream", "part": PART, "content": [[]]}',
        '{"type": "stream", "part": PART, "content": {"text": 3}}',
        '{"type": "error", "part": PART, "content": {"traceback": [1, {}]}}',
    ],
)
def test_malformed_messages_harm_nobody(kernel, frame):
    ran = kernel.run(
        "import json\nkernel = get_ipython().kernel\n"
        f"data = {frame!r}.replace('PART', json.dumps(kernel.outputs.part)).encode()\n"
        "kernel.channel.send(len(data).to_bytes(4, 'big') + data)\n1 + 1"
    )
    assert ran.outputs[-1].data["text/plain"] == "2"
    assert not kernel.ended


def test_time_is_measured_from_outside(kernel):
    kernel.run("import time\ntime.process_time = time.perf_counter = lambda: 0.0")
    before = kernel.cpu_seconds()
    kernel.run("for _ in range(5_000_000):\n    pass")
    assert 0.02 < kernel.cpu_seconds() - before < 3


def test_kernels_without_a_zygote_or_a_sandbox_run_too():
    for options in ({"use_zygote": False}, {"sandboxed": False}):
        made = KernelLauncher(SMALL, SUITE, **options)
        with made.start({"data.txt": b"x"}) as kernel:
            assert kernel.run("open('data.txt').read()").outputs[0].data["text/plain"] == "'x'"
            assert kernel.run("import os\nos._exit(1)").failed
            assert kernel.ended is EndReason.EXITED
        made.close()


def test_nothing_stays_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    children = set(psutil.Process().children(recursive=True))
    made = KernelLauncher(SMALL, SUITE)
    with made.start({"a": b"1"}) as kernel:
        kernel.run("import subprocess\nsubprocess.Popen(['sleep', '344'])")
        assert set(psutil.Process().children(recursive=True)) > children
        assert list(tmp_path.iterdir())
    made.close()
    assert set(psutil.Process().children(recursive=True)) <= children
    assert not list(tmp_path.iterdir())


BUSY = "import subprocess, sys\nfor _ in range(16):\n    subprocess.Popen([sys.executable, '-c', 'while True: pass'])"
BACKWARD = """
def rnn_cell_backward(da_next, cache):
    dz = da_next * (1 - cache.a_next**2)
    learned = {"dWax": dz @ cache.xt.T, "dWaa": dz @ cache.a_prev.T, "dba": dz.sum(axis=1, keepdims=True)}
    return {"dxt": cache.parameters["Wax"].T @ dz, "da_prev": cache.parameters["Waa"].T @ dz, **learned}
"""


def test_what_a_function_costs_is_its_own_cost_whatever_else_the_notebook_has_started(kernel):
    kernel.run(f"import numpy as np\n{BACKWARD}")
    kernel.run(BUSY)
    time.sleep(0.5)
    result = measure_cost(kernel, SUITE, CheckCall("rnn_cell_backward", "rnn_cell_backward"), count(5).__next__)
    assert result == CostResult()


def test_a_zygote_that_fails_says_why(monkeypatch):
    broken = KernelLauncher(SMALL, SUITE)
    monkeypatch.setattr(BpttSuite, "kernel", "bptt_instructor.grading.checks.bptt_kernel:Missing")
    with pytest.raises(SandboxError, match="Missing"), broken.start({}):
        pass
    monkeypatch.undo()
    broken.close()


BROKEN_STREAMS = [
    r"print('\ud800')",
    "sys.stdout = None",
    "sys.stderr = None",
    "sys.stdout = sys.stderr = None\n1 / 0",
    "sys.stdout.close()\nsys.stderr.close()",
    "sys.stdout.write = sys.stdout.flush = None",
    "class Bare:\n    def write(self, text): pass\nsys.stdout = sys.stderr = Bare()\ndisplay(1)\n2",
    "class Bad:\n    def write(self, text): 1 / 0\n    flush = write\nsys.stdout = sys.stderr = Bad()\nprint()",
    "sys.__stdout__ = sys.__stderr__ = sys.__stdin__ = sys.stdin = None",
    "os.close(1)\nos.close(2)",
    "os.close(0)\nos.closerange(0, 3)",
    "import logging\nstream = open('log', 'w')\nlogging.basicConfig(stream=stream)\nstream.close()\nlogging.error('x')",
    "import io\nsys.stdout = io.TextIOWrapper(io.BytesIO(), 'ascii')\nprint('ü')",
    "del sys.stdout, sys.stderr",
    "subprocess.run(['sh', '-c', 'exec >&-; echo x'])",
    "import warnings\nsys.stderr = None\nwarnings.warn('x')\nsys.exit(1)",
    "import builtins\nbuiltins.print = None\ndel builtins.print",
    "class Silent(Exception):\n    def __str__(self): 1 / 0\nraise Silent",
    "os.fork() and os.wait()\nprint('both')",
]


@pytest.mark.parametrize("source", BROKEN_STREAMS)
def test_a_cell_that_breaks_its_streams_loses_that_output_alone(kernel, source):
    define = "import os, subprocess, sys\ndef tanh_backward(da):\n    return da"
    _, _, said, child = kernel.run_all(
        [define, source, "import sys\nsys.stdout.write('here\\n')\n3", "subprocess.run(['echo', 'there']).returncode"]
    )
    assert not kernel.ended
    assert [output.get("text") or output.data["text/plain"] for output in said.outputs] == ["here\n", "3"]
    assert [output.get("text") or output.data["text/plain"] for output in child.outputs] == ["there\n", "0"]
    kernel.run("sys.stdout = sys.stderr = None")
    assert kernel.call(question(da=1)).result == 1


def test_outputs_stay_in_order_whoever_writes_them(shows):
    assert shows(
        "import os, subprocess, sys, threading\n"
        "print(1)\nsubprocess.run(['echo', '2'])\nprint(3)\nos.system('echo 4')\nos.write(1, b'5\\n')\n"
        "print(6, file=sys.stderr)\nthread = threading.Thread(target=print, args=(7,))\nthread.start()\nthread.join()\n"
        "display(8)\nprint()\nif not os.fork():\n    print(9)\n    os._exit(0)\nos.wait()\n10"
    ).split() == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]


def test_a_fork_that_comes_out_of_its_cell_runs_no_further_cell(kernel):
    first, second = kernel.run_all(
        ["import os\nchild = os.fork()\nif child:\n    os.wait()", "print('once', child > 0)"]
    )
    assert not first.failed
    assert second.outputs[0].text == "once True\n"


def test_what_libraries_look_at_is_there(shows):
    assert shows("get_ipython().__class__.__name__, 'IPKernelApp' in get_ipython().config") == (
        "('ZMQInteractiveShell', True)"
    )
    assert "Figure" in shows("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert shows("import ipywidgets\nipywidgets.interact(lambda x: print('x', x), x=(0, 4));").startswith("x 2\n")
    assert "Wall time" in shows("%time 1 + 1")
    assert shows("%autosave 60\nprint?\nexit()\n'after'").endswith("'after'")
    clears = "for n in range(3):\n    display(n)\n    clear_output(wait=True)\n"
    assert shows(f"from IPython.display import clear_output\n{clears}'kept'") == "'kept'"


def test_an_interrupt_while_output_is_sent_leaves_whole_messages(kernels):
    fluent = KernelLauncher(Limits(cell_seconds=1, output_bytes=2_000 * MB), SUITE)
    with fluent.start({}) as kernel:
        for line in ("'x' * 1000", "'x' * 300_000, flush=True"):
            for _ in range(3):
                assert kernel.run(f"while True:\n    print({line})").timed_out
                assert kernel.run("1 + 1").outputs[0].data["text/plain"] == "2"
        assert not kernel.ended
    fluent.close()


def test_a_signal_to_the_own_process_group_reaches_nobody_else(kernels):
    zygotes = []
    for _ in range(2):
        with kernels.start({}) as kernel:
            zygotes.append(kernels._zygote)
            kernel.run("import os, signal\nos.kill(0, signal.SIGTERM)\nos.killpg(os.getpgid(0), signal.SIGKILL)")
            assert kernel.run("1 + 1").outputs[0].data["text/plain"] == "2"
    assert zygotes[0] is zygotes[1]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("os._exit(9)", EndReason.EXITED),
        ("import ctypes\nctypes.string_at(0)", EndReason.EXITED),
        ("os.abort()", EndReason.EXITED),
        ("get_ipython().kernel.channel.__init__ = 1\nos.closerange(3, 500)", EndReason.EXITED),
        ("os.kill(os.getpid(), 9)", None),
    ],
)
def test_an_end_that_the_notebook_has_caused_is_told(kernel, source, reason):
    kernel.run(f"import os\n{source}")
    assert kernel.ended is reason


def test_an_end_from_outside_is_told(kernels):
    with kernels.start({}) as kernel:
        ((pid, _),) = kernel.process_ids()
        psutil.Process(pid).kill()
        assert kernel.run("1").failed
        assert kernel.ended is EndReason.KILLED
    with kernels.start({}) as kernel:
        kernels._zygote._process.kill()  # as the system does without memory
        kernel.run("1")
        assert kernel.ended is EndReason.KILLED


def test_cpu_time_beyond_the_limit_is_no_end_from_outside():
    short = KernelLauncher(Limits(cpu_seconds=2, cell_seconds=20), SUITE)
    with short.start({}) as kernel:
        kernel.run("while True:\n    pass")
        assert kernel.ended is EndReason.TIME
    short.close()


def test_every_process_and_thread_that_was_started_is_counted(kernel):
    def started(source):
        before = kernel.processes_started()
        assert not kernel.run(source).failed
        return kernel.processes_started() - before - 1

    assert started("import os, signal, threading") == 0
    assert started("signal.signal(signal.SIGCHLD, signal.SIG_IGN)\nif not os.fork():\n    os._exit(0)") == 1
    assert started("for _ in range(3):\n    threading.Thread(target=int).start()") == 3
    assert len(kernel.process_ids()) == 1
    kernel.run("import subprocess\nsubprocess.Popen(['sleep', '60'])")
    assert len(kernel.process_ids()) == 2


def test_time_in_which_the_grader_itself_was_stopped_does_not_count(tmp_path):
    script = tmp_path / "stopped.py"
    script.write_text(
        "import os, signal, subprocess, sys\n"
        "from bptt_instructor.grading.checks.bptt_suite import BpttSuite\n"
        "from bptt_instructor.grading.kernel_client import client, launcher\n"
        "from bptt_instructor.grading.limits import Limits\n"
        "client.PAUSE_SECONDS = 0.5\n"
        "kernels = launcher.KernelLauncher(Limits(cell_seconds=1.5), BpttSuite())\n"
        "with kernels.start({}) as kernel:\n"
        "    me = os.getpid()\n"
        "    subprocess.Popen(['sh', '-c', f'sleep 0.5; kill -STOP {me}; sleep 2; kill -CONT {me}'])\n"
        "    print(kernel.run('import time\\ntime.sleep(3)').timed_out, kernel.run('time.sleep(3)').timed_out)\n"
        "kernels.close()\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "False True\n"
