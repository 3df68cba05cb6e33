"""Whatever a kernel sends, and whatever it does not read, the grader's memory and time stay bounded."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest

from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.kernel_client import questions
from bptt_instructor.grading.kernel_client.client import EndReason, KernelClient, NoReplyError
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.kernel_client.questions import Answers
from bptt_instructor.grading.kernel_client.zygote_process import ForkedKernel
from bptt_instructor.grading.limits import MB, Limits
from bptt_instructor.grading.protocol.frames import FrameBuffer, FrameError, pack, parse
from bptt_instructor.grading.protocol.messages import CallRequest
from bptt_instructor.grading.protocol.serialize import MAX_VALUES, decode, encode

LIMITS = Limits(cell_seconds=2, answer_seconds=1)
MOST_MEMORY = 200 * MB

STREAMS = {
    "frames of length 0": "lambda: b'\\0' * 65_536",
    "a long frame announced": "once(b'\\0\\x7a\\x12\\0')",
    "a frame too long announced": "once(b'\\xff' * 4)",
    "lists": "lambda: framed(b'[' + b'[],' * 2_600_000 + b'0]')",
    "objects": "lambda: framed(b'[' + b'{\"\":0},' * 1_100_000 + b'0]')",
    "pairs": "lambda: framed(b'{' + b','.join(b'\"%d\":{}' % n for n in range(400_000)) + b'}')",
    "texts": "lambda: framed(b'[' + b'\"ab\",' * 1_500_000 + b'0]')",
    "floats": "lambda: framed(b'[' + b'1.5,' * 1_900_000 + b'0]')",
    "quotes": "lambda: framed(b'[' + rb'\"\\\"' * 2_000_000)",
    "escapes": "lambda: framed(b'{\"type\": \"' + rb'\\u0100' * 1_300_000 + b'\"}')",
    "wide text": "lambda: framed('{\"type\": \"\U0001f600'.encode() + b'x' * 7_900_000 + b'\"}')",
    "depth": "lambda: framed(b'[' * 7_900_000)",
    "depth of objects": "lambda: framed(b'{\"a\":' * 1_500_000)",
    "a long integer": "lambda: framed(b'{\"type\": ' + b'9' * 7_900_000 + b'}')",
    "an enormous number": "lambda: framed(b'{\"type\": 1e999999999}') * 1000",
    "small frames": 'lambda: framed(b\'{"type": "stream", "part": "x", "content": {}}\') * 1000',
    "questions": "lambda: framed(pack({'question': 1, 'name': 'n', 'arguments': encode(())})[4:]) * 500",
}
JUDGE = """
import os, re, socket, subprocess, sys, threading, time
from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.kernel_client.client import KernelClient
from bptt_instructor.grading.kernel_client.zygote_process import ForkedKernel
from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.protocol.frames import pack
from bptt_instructor.grading.protocol.serialize import encode

ours, theirs = socket.socketpair()
keeper, _other = socket.socketpair()
if not os.fork():
    # The kernel; its memory is not measured.
    def framed(data):
        return len(data).to_bytes(4, "big") + data
    def once(data):
        rest = [data]
        return lambda: rest.pop() if rest else time.sleep(60)
    make = STREAM
    theirs.sendall(pack({"type": "ready", "part": "", "content": {}}))
    made = make()
    try:
        while made:
            theirs.sendall(made)
            made = make() if len(made) < 100_000 else made
    finally:
        time.sleep(60)
theirs.close()
child = subprocess.Popen(["sh", "-c", "trap '' INT; exec sleep 60"])
forked = ForkedKernel(os.pidfd_open(child.pid), ours, keeper, False)
suite = BpttSuite()
began = time.monotonic(), time.process_time()
kernel = KernelClient(forked, Limits(cell_seconds=2), (), answer=lambda name, given, call: "x" * 9000)
ran = kernel.run("1")
late = kernel.run("2")
peak = int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
print(kernel.ended, ran.failed, 1024 * peak, time.monotonic() - began[0],
      sep="|")
sys.stdout.flush()
child.kill()
os.killpg(0, 9)
"""


@pytest.mark.parametrize("stream", STREAMS)
def test_memory_and_time_are_bounded_whatever_a_kernel_sends(tmp_path, stream):
    script = tmp_path / "judge.py"
    script.write_text(JUDGE.replace("STREAM", STREAMS[stream]))
    ran = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, timeout=100, start_new_session=True
    )
    ended, failed, memory, seconds = ran.stdout.strip().split("|")
    assert ended in ("it wrote too much output", "it ran for too long and could not be interrupted"), ran.stderr
    assert failed == "True"
    assert int(memory) < MOST_MEMORY
    assert float(seconds) < 20


def test_frames_come_out_as_they_went_in_however_they_are_cut():
    messages = [{"text": "é\ud800 ☃" * n, "n": n} for n in range(50)]
    data = b"".join(map(pack, messages))
    for size in (1, 3, 64, len(data)):
        frames, found = FrameBuffer(10_000), []
        for start in range(0, len(data), size):
            frames.feed(data[start : start + size])
            while (frame := frames.take()) is not None:
                found.append(parse(frame))
        assert found == json.loads(json.dumps(messages).replace("\\ud800", "?"))


def test_a_text_of_commas_and_a_reply_of_as_many_values_as_may_be_are_read():
    commas = {"type": "stream", "content": {"text": '[],{},"\\' * 150_000}}
    assert parse(pack(commas)[4:]) == commas
    value = [[(1, {"a": 2.5}, np.float64(1.5))] for _ in range(MAX_VALUES // 10)]
    assert decode(parse(pack(encode(value))[4:])) == value


@pytest.mark.parametrize("data", [b'"\\', b'"', b'[["a\\"', b'{"a": NaN', b"\xff\xfe[\x00]\x00"])
def test_what_is_no_object_is_refused(data):
    with pytest.raises(FrameError):
        parse(data)


@contextmanager
def client_of(behaves):
    """Yield a client, whose kernel is a thread here."""
    ours, theirs = socket.socketpair()
    keeper, other = socket.socketpair()
    process = subprocess.Popen(["sh", "-c", "trap '' INT; exec sleep 60"])
    theirs.sendall(pack({"type": "ready", "part": "", "content": {}}))
    thread = threading.Thread(target=behaves, args=(theirs,))
    thread.start()
    client = KernelClient(ForkedKernel(os.pidfd_open(process.pid), ours, keeper, sandboxed=False), LIMITS, ())
    yield client
    client.close()
    other.close()
    process.wait()
    thread.join()
    theirs.close()


def test_a_kernel_that_reads_nothing_keeps_nobody_waiting():
    with client_of(lambda _: None) as kernel:
        began = time.monotonic()
        with pytest.raises(NoReplyError, match="too long"):
            kernel.call(CallRequest("e", "f", {"a": np.zeros(1_500_000)}))
        assert time.monotonic() - began < LIMITS.answer_seconds + LIMITS.cell_seconds + 2
        assert kernel.ended is EndReason.TIME


def test_a_kernel_that_closes_its_socket_is_ended():
    with client_of(lambda channel: channel.shutdown(socket.SHUT_RDWR)) as kernel:
        assert kernel.run("1").failed
        assert kernel.ended is EndReason.EXITED


def answering(name, arguments, call):
    if name == "sum":
        return sum(arguments)
    if name == "served":
        return call.function if call else None
    if name == "large":
        return np.zeros(2_000_000)
    raise ValueError(f"no {name}")


@pytest.fixture(scope="module")
def kernels():
    made = KernelLauncher(LIMITS, BpttSuite())
    yield made
    made.close()


@pytest.fixture
def asked(kernels):
    with kernels.start({}, answering) as kernel:
        kernel.run("ask = get_ipython().kernel.checks.ask\ndef f(x):\n    return ask('served', ()), ask('sum', (x, 2))")
        yield kernel


def shown(run):
    return "".join(output.get("evalue") or output.get("text") or output.data["text/plain"] for output in run.outputs)


def test_code_in_the_kernel_can_ask_while_a_cell_or_a_call_runs(asked):
    assert shown(asked.run("ask('sum', [1, 2]), ask('served', ())")) == "(3, None)"
    assert shown(asked.run("import numpy as np\nask('sum', (np.ones(2), 1))")) == "array([2., 2.])"
    replies = asked.call_all([CallRequest("tanh_backward", "f", {"x": n}) for n in range(3)])
    assert [reply.result for reply in replies] == [("f", 2), ("f", 3), ("f", 4)]


def test_an_error_is_an_answer(asked):
    assert shown(asked.run("try:\n    ask('rubbish', ())\nexcept ValueError as error:\n    print(error)")) == (
        "no rubbish\n"
    )
    assert "too large" in shown(asked.run("ask('large', ())"))
    assert "too long" not in shown(asked.run("ask('sum', ('a' * 20, 1))"))
    assert shown(asked.run("ask('sum', (2, 3))")) == "5"


def test_nobody_answers_unless_the_course_does(kernels):
    with kernels.start({}) as kernel:
        assert shown(kernel.run("get_ipython().kernel.checks.ask('sum', (1, 2))")) == "nobody answers 'sum'"


def test_threads_ask_in_turn(asked):
    source = (
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as pool:\n"
        "    found = list(pool.map(lambda n: ask('sum', (n, 1)), range(500)))\nfound == list(range(1, 501))"
    )
    assert shown(asked.run(source)) == "True"


def test_a_thread_or_a_fork_cannot_ask_when_nothing_runs(asked):
    asked.run(
        "import os, threading, time\nheard = []\n"
        "def later():\n    time.sleep(0.5)\n    try:\n        ask('sum', (1, 2))\n"
        "    except RuntimeError as error:\n        heard.append(str(error))\nthreading.Thread(target=later).start()"
    )
    time.sleep(1)
    assert shown(asked.run("heard")) == "['The grader cannot be asked now.']"
    source = (
        "if not os.fork():\n    try:\n        ask('sum', (1, 2))\n    finally:\n        os._exit(7)\nos.wait()[1] >> 8"
    )
    assert shown(asked.run(source)) == "7"
    assert shown(asked.run("ask('sum', (1, 2))")) == "3"


def test_a_call_that_is_interrupted_within_its_questions_leaves_the_rest_in_order(asked):
    asked.run("import time\ndef f(x):\n    while True:\n        ask('sum', (x, 1))\n        time.sleep(1e-4)")
    for _ in range(3):
        with pytest.raises(NoReplyError) as raised:
            asked.call(CallRequest("tanh_backward", "f", {"x": 1}))
        assert raised.value.late
        assert shown(asked.run("ask('sum', (2, 3))")) == "5"


def test_the_number_of_questions_and_the_time_for_answers_are_bounded(monkeypatch):
    def error(frame):
        return json.loads(frame[4:]).get("error", ["none"])[0]

    asks = {"question": 1, "name": "sum", "arguments": encode((1, 2))}
    few = Answers(answering, (), 1000)
    monkeypatch.setattr(few, "_questions_left", 2)
    assert [error(few.reply(asks, 9, None)) for _ in range(3)] == ["none", "none", "PermissionError"]
    long = Answers(answering, (), 1000)
    assert [error(long.reply(asks, 150_000_000, None)) for _ in range(3)] == [
        "none",
        "PermissionError",
        "PermissionError",
    ]
    monkeypatch.setattr(questions, "MAX_ANSWER_SECONDS", 0.001)
    slow = Answers(lambda *_: sum(range(3_000_000)), (), 1000)
    assert [error(slow.reply(asks, 9, None)) for _ in range(2)] == ["none", "PermissionError"]


@pytest.mark.parametrize(
    "change", [{"name": 3}, {"arguments": None}, {"arguments": encode([1])}, {"arguments": {"value": {"tuple": 1}}}]
)
def test_what_is_not_a_question_is_an_error(change):
    frame = Answers(answering, (), 1000).reply(
        {"question": 1, "name": "sum", "arguments": encode((1, 2))} | change, 9, None
    )
    assert "error" in json.loads(frame[4:])
