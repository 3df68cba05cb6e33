"""Faking a pass: nothing is solved, and whatever could say so is silenced, replaced or lied to."""

from functools import partial

import numpy as np

import bptt
from bptt_instructor.grading.checks.interface import CallReply
from bptt_instructor.grading.protocol.messages import CALL_REPLY, CALL_REQUEST, CELL_DONE, IDLE, encode_reply
from submissions.hostile.attack import NOTHING, WRONG, Attack, ends_with, tests
from submissions.hostile.targets import ASKED, MESSAGES, OUTPUTS

unsolved = partial(Attack, family="faking a pass", blank=True, fair=NOTHING)
wrong = partial(Attack, family="faking a pass", writes=WRONG, fair=NOTHING)
TAKEN_IN = {"then": ends_with("check.rnn_cell_dz(rnn_cell_dz); print('taken in')"), "seen": ("taken in",)}
"""The check in the notebook believes the lie. It counts for nothing, but shows that the lie is told."""
OWN_CHECK = ("check.rnn_cell_dz",)


def tagged(tag):
    def then(notebook):
        for test in tests(notebook):
            test.metadata["tags"] = [tag]
        return notebook

    return then


def returning(value):
    """Let every check return a value, which its cell then shows."""
    return f"for name in {tuple(WRONG)}:\n    setattr(check, name, lambda *given, **options: {value})"


def answering(array):
    """Solutions whose every gradient is what an expression makes of an array of the right shape."""
    lines = {"rnn_cell_dz": f"like = da_next\nreturn {array}", "rnn_cell_backward": WRONG["rnn_cell_backward"]}
    for name, gradients in (
        ("rnn_cell_inputs_backward", {"dxt": "cache.xt", "da_prev": "cache.a_prev"}),
        ("rnn_cell_parameters_backward", {f"d{each}": f'cache.parameters["{each}"]' for each in ("Wax", "Waa", "ba")}),
    ):
        made = ", ".join(f'"{key}": (lambda like: {array})({like})' for key, like in gradients.items())
        lines[name] = f"return {{{made}}}"
    return lines


def inside(code):
    """Solutions that run some code when a check calls them, and then fail."""
    return dict.fromkeys(WRONG, f"{code}\nraise ValueError")


KERNEL = """\
kernel = get_ipython().kernel
"""
SENDS_FRAMES = """\
import json

def frame(message):
    data = json.dumps(message).encode()
    return len(data).to_bytes(4, "big") + data

"""

OUR_ANSWER = f"answer = {encode_reply(CallReply(np.zeros(1), origin='In [1]'), ())}\n"
IN_ITS_PLACE = ("kernel.send", "kernel.handlers", ASKED)
"""What :func:`forged` reaches for."""


def forged(*replies):
    """Answer the judge's questions in the kernel's place."""
    sends = "".join(f'        kernel.send("{CALL_REPLY}", part, {reply})\n' for reply in replies)
    return f"""\
{KERNEL}{OUR_ANSWER}
def answers(request, content):
    for number, asked in enumerate(content["calls"]):
        nonce, part = asked["nonce"], f"{{request}}/{{number}}"
{sends}
getattr(kernel, "handlers", {{}})["{CALL_REQUEST}"] = answers
{returning(None)}
"""


CHECKS = (
    unsolved(
        "fake-check",
        tries="each check replaced by one that passes",
        first=returning(None),
        targets=OWN_CHECK,
        **TAKEN_IN,
    ),
    unsolved(
        "fake-check-name",
        tries="another check under the same name",
        first="class Yes:\n    def __getattr__(self, name):\n"
        "        return lambda *given, **options: None\ncheck = Yes()",
        targets=OWN_CHECK,
        **TAKEN_IN,
    ),
    unsolved(
        "fake-check-run",
        tries="the check's own function replaced",
        first='check.run = lambda *given: type("Report", (), {"passed": True})()',
        targets=(*OWN_CHECK, "check.run"),
        **TAKEN_IN,
    ),
    unsolved(
        "fake-findings",
        tries="whatever makes the calls returns right numbers",
        first='import sys\nsys.modules["bptt_instructor.grading.checks.bptt_kernel"].call = lambda *given: None',
        targets=(*OWN_CHECK, 'sys.modules["bptt_instructor.grading.checks.bptt_kernel"].call'),
        **TAKEN_IN,
    ),
    wrong(
        "fake-numpy-abs",
        tries="every error is zero: numpy.abs patched",
        first="np.abs = lambda value, *more: np.zeros(np.shape(value))",
        targets=(*OWN_CHECK, "np.abs"),
        **TAKEN_IN,
    ),
    wrong(
        "fake-numpy-testing",
        tries="numpy.testing and allclose patched",
        first="np.allclose = np.array_equal = lambda *given, **options: True\n"
        "np.testing.assert_allclose = lambda *given, **options: None\n"
        'import sys\nsys.modules["bptt.check.call"]._is_unchanged = lambda *given: True',
        targets=(
            *OWN_CHECK,
            *("np.allclose", "np.array_equal", "np.testing.assert_allclose"),
            'sys.modules["bptt.check.call"]._is_unchanged',
        ),
        **TAKEN_IN,
    ),
    wrong(
        "fake-expected",
        tries="the judge's answers replaced by the own ones",
        first="import bptt.exact\nkernel = get_ipython().kernel\n"
        "own = lambda name, given: globals()[name](*given[0], **given[1])\n"
        "bptt.exact.ask = kernel.checks.ask = kernel.channel.ask = own",
        targets=(*OWN_CHECK, "bptt.exact.ask", "kernel.checks.ask", "kernel.channel.ask"),
        **TAKEN_IN,
    ),
    wrong(
        "fake-from-inside",
        tries="the function that is checked patches whatever called it",
        writes=inside(
            "import sys\nframe = sys._getframe()\nwhile frame:\n    names = frame.f_globals\n"
            '    if "call_function" in names:\n'
            '        names["call_function"] = lambda *given, made=names["CallReply"]: made(np.zeros(1))\n'
            "    frame = frame.f_back"
        ),
        targets=(
            *OWN_CHECK,
            'sys.modules["bptt_instructor.grading.kernel.submission_kernel"].call_function',
            'sys.modules["bptt_instructor.grading.kernel.submission_kernel"].CallReply',
        ),
        then=TAKEN_IN["then"],
        seen=(*TAKEN_IN["seen"], "dz has shape (1,)"),
    ),
)

IPYTHON = (
    unsolved(
        "fake-ast",
        tries="checks taken out of the code: AST transformer",
        first="import ast\n"
        "class Without(ast.NodeTransformer):\n"
        "    def visit_Expr(self, node):\n"
        '        return ast.Pass() if "check." in ast.unparse(node) else node\n'
        "get_ipython().ast_transformers.append(Without())",
        targets=(*OWN_CHECK, "get_ipython().ast_transformers.append"),
        **TAKEN_IN,
    ),
    unsolved(
        "fake-input",
        tries="checks taken out of the text: input transformer",
        first="get_ipython().input_transformers_cleanup.append(\n"
        """    lambda lines: ["print('taken in')"] if any("check." in line for line in lines) else lines)""",
        targets=(*OWN_CHECK, "get_ipython().input_transformers_cleanup.append"),
        **TAKEN_IN,
    ),
    unsolved(
        "fake-before-cell",
        tries="a hook before each cell replaces the checks",
        first=f"def hook(*given):\n    {returning(None).replace(chr(10), chr(10) + '    ')}\n"
        'get_ipython().events.register("pre_run_cell", hook)',
        targets=(*OWN_CHECK, "get_ipython().events.register", 'get_ipython().events.callbacks["pre_run_cell"]'),
        **TAKEN_IN,
    ),
    unsolved(
        "fake-run-cell",
        tries="the shell does not run cells any more",
        first="from IPython.core.interactiveshell import ExecutionResult\n"
        "shell = get_ipython()\n"
        "shell.should_run_async = lambda *given, **options: False\n"
        "shell.run_cell = lambda *given, **options: ExecutionResult(None)",
        targets=("shell.should_run_async", "shell.run_cell"),
        seen=("NameError: rnn_cell_dz is not defined",),
    ),
    unsolved(
        "fake-run-cells",
        tries="the kernel says ok and does nothing",
        first=f'{KERNEL}kernel.run_cell = lambda part, source: {{"status": "ok", "execution_count": 1}}',
        targets=("kernel.run_cell",),
        seen=("NameError: rnn_cell_dz is not defined",),
    ),
    unsolved(
        "fake-traceback",
        tries="errors are not shown",
        first="shell = get_ipython()\nshell.showtraceback = shell._showtraceback = lambda *given, **options: None\n"
        "shell.set_custom_exc((BaseException,), lambda *given, **options: None)",
        targets=("shell.showtraceback", "shell._showtraceback", "shell.set_custom_exc"),
    ),
)

REPLIES = (
    unsolved(
        "fake-filter",
        tries="error messages dropped, error replies and answers rewritten",
        first=f"""{KERNEL}{SENDS_FRAMES}
send = kernel.channel.send
def quiet(given):
    message = json.loads(given[4:])
    if message["type"] == "error":
        return
    if message["type"] == "{CELL_DONE}":
        message["content"] = {{"status": "ok", "execution_count": 77}}
    if message["type"] == "{CALL_REPLY}":
        message["content"]["result"]["error"] = ""
    send(frame(message))
kernel.channel.send = quiet""",
        targets=("kernel.channel.send",),
        # Without the error, what is left of an answer is nothing.
        seen=("In [77]", "rnn_cell_dz returns None"),
    ),
    wrong(
        "fake-reply",
        tries="a forged end of the cell before the check has failed",
        writes=inside(
            f"""{KERNEL}
part = kernel.outputs.part
kernel.send("{CELL_DONE}", part, {{"status": "ok", "execution_count": 1}})
kernel.send("{IDLE}", part.split("/")[0], {{}})"""
        ),
        targets=OUTPUTS,
        seen=("it did not return anything",),
    ),
    wrong(
        "fake-number",
        tries="a displayed number: the full points",
        first=returning("2.0"),
        targets=OWN_CHECK,
        **TAKEN_IN,
    ),
    wrong(
        "fake-number-nan",
        tries="a displayed number: nan",
        first=returning('float("nan")'),
        targets=OWN_CHECK,
        **TAKEN_IN,
    ),
    wrong(
        "fake-number-huge",
        tries="a displayed number: a thousand points",
        first=returning("1000.0"),
        targets=OWN_CHECK,
        **TAKEN_IN,
    ),
    wrong(
        "fake-number-infinite",
        tries="a displayed number: infinity",
        first=returning('float("inf")'),
        targets=OWN_CHECK,
        **TAKEN_IN,
    ),
    wrong(
        "fake-result-first",
        tries="a number published as the cell's result before the check fails",
        writes=inside("get_ipython().displayhook(2)"),
        targets=("get_ipython().displayhook",),
    ),
    unsolved("fake-skip-tag", tries="the tag skip-execution on the checks", then=tagged("skip-execution")),
    unsolved("fake-raises-tag", tries="the tag raises-exception on the checks", then=tagged("raises-exception")),
    unsolved(
        "fake-report",
        tries="a report of success, published by the learner",
        first="from IPython.display import display\n"
        'report = {"exercise": "rnn_cell_dz", "passed": True, "causes": [], "kinds": []}\n'
        'display({"application/vnd.bptt.report+json": report, "text/plain": "All right."}, raw=True)\n'
        + returning(None),
        targets=('{sys.modules["bptt.check.findings"].REPORT_MIME: True}["application/vnd.bptt.report+json"]',),
        seen=("All right.",),
    ),
)

TO_THE_JUDGE = (
    unsolved(
        "fake-answer",
        tries="a well-formed answer with made-up numbers",
        first=forged('{"nonce": nonce, "result": answer}'),
        targets=IN_ITS_PLACE,
        seen=("dz has shape (1,)",),
    ),
    unsolved(
        "fake-answer-twice",
        status="tampered",
        tries="several answers to one question",
        first=forged(*['{"nonce": nonce, "result": answer}', '{"nonce": "0", "result": answer}'] * 3),
        targets=IN_ITS_PLACE,
        seen=("dz has shape (1,)",),
    ),
    unsolved(
        "fake-answer-verdict",
        status="tampered",
        tries="an answer with a verdict in it",
        first=forged('{"nonce": nonce, "result": answer | {"passed": True, "score": 3}}'),
        targets=IN_ITS_PLACE,
        seen=("cannot be read: not an answer",),
    ),
    unsolved(
        "fake-answer-size",
        status="tampered",
        tries="an array that says it is enormous",
        first=forged(
            '{"nonce": nonce, "result": answer | {"result": {"value": {"array": 0}, "arrays": '
            '[{"dtype": "float64", "shape": [2**40, 2**20], "data": ""}]}}}'
        ),
        targets=IN_ITS_PLACE,
        seen=("cannot be read: not a shape",),
    ),
    unsolved(
        "fake-answer-deep",
        status="tampered",
        tries="an answer nested too deep to be read",
        first='deep = {"list": []}\nfor _ in range(100):\n    deep = {"list": [deep]}\n'
        + forged('{"nonce": nonce, "result": answer | {"result": {"value": deep, "arrays": []}}}'),
        targets=IN_ITS_PLACE,
        seen=("cannot be read: not a value, or one too deep",),
    ),
    unsolved(
        "fake-answer-pickle",
        status="tampered",
        tries="a pickle in place of numbers",
        first=forged(
            '{"nonce": nonce, "result": answer | {"result": {"value": {"array": 0}, "arrays": '
            '[{"dtype": "object", "shape": [1], "data": "gASVEQAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOULg=="}]}}}'
        ),
        targets=IN_ITS_PLACE,
        seen=("cannot be read: not an array of numbers",),
    ),
    unsolved(
        "fake-unasked",
        status="tampered",
        tries="answers that nobody has asked for, before every question",
        first=f"""{KERNEL}{OUR_ANSWER}
part = kernel.outputs.part
request = part.split("/")[0]
for number in range(50):
    kernel.send("{CALL_REPLY}", f"{{request}}/{{number}}", {{"nonce": "0" * 32, "result": answer}})""",
        targets=OUTPUTS,
    ),
    unsolved(
        "fake-unasked-child",
        status=("tampered", "crashed"),
        tries="answers that a child process writes to the kernel's socket all the time",
        first=f"""{KERNEL}{SENDS_FRAMES}{OUR_ANSWER}
import os, time
told = {{"nonce": "0" * 32, "result": answer}}
told = frame({{"type": "{CALL_REPLY}", "part": kernel.outputs.part, "content": told}})
if not os.fork():
    for _ in range(500):
        os.write(kernel.channel._socket.fileno(), told)
        time.sleep(0.01)
    os._exit(0)""",
        targets=("kernel.outputs.part", "kernel.channel._socket.fileno"),
    ),
    unsolved(
        "fake-unasked-thread",
        status=("tampered", "crashed"),
        tries="answers that a thread sends as soon as the judge's question is there",
        first=f"""{KERNEL}{OUR_ANSWER}
import threading, time
def answers():
    last = kernel.outputs.part
    for _ in range(5000):
        time.sleep(0.001)
        if kernel.outputs.part != last:
            last = kernel.outputs.part
            kernel.send("{CALL_REPLY}", last, {{"nonce": "0" * 32, "result": answer}})
threading.Thread(target=answers, daemon=True).start()""",
        targets=OUTPUTS,
    ),
    unsolved(
        "fake-stand-ins",
        tries="what the course's code asks the grader is answered in the kernel",
        first=f"{KERNEL}kernel.checks.ask = kernel.channel.ask = lambda *given: np.zeros(1)\n{returning(None)}",
        targets=("kernel.checks.ask", "kernel.channel.ask"),
    ),
    unsolved(
        "fake-ran",
        tries="a forged end of every cell that is still to come",
        first=f"""{KERNEL}
part = kernel.outputs.part
request = part.split("/")[0]
for number in range(50):
    kernel.send("{CELL_DONE}", f"{{request}}/{{number}}", {{"status": "ok", "execution_count": 77}})
kernel.send("{IDLE}", request, {{}})""",
        targets=OUTPUTS,
        seen=("In [77]",),
    ),
    wrong(
        "fake-encode",
        tries="the code that packs answers replaced",
        first='import sys\nif "bptt_instructor.grading.protocol.messages" in sys.modules:\n'
        f'    {MESSAGES}.encode = lambda *given: {{"value": True, "arrays": []}}\n' + returning(None),
        targets=(f"{MESSAGES}.encode",),
        seen=("dz is a bool",),
    ),
)

VALUES = (
    wrong("fake-nan", tries="nan everywhere", writes=answering("np.full(like.shape, np.nan)")),
    wrong("fake-infinity", tries="infinity everywhere", writes=answering("np.full(like.shape, np.inf)")),
    wrong("fake-empty", tries="arrays without entries", writes=answering("np.zeros((0, *like.shape))")),
    wrong("fake-broadcast", tries="one number that fits every shape", writes=answering("np.zeros((1, 1))")),
    wrong("fake-objects", tries="arrays of objects", writes=answering("np.zeros(like.shape).astype(object)")),
    wrong(
        "fake-masked",
        tries="arrays with every entry masked",
        writes=answering("np.ma.masked_all(like.shape)"),
    ),
    wrong(
        "fake-subclass",
        tries="an ndarray subclass whose every difference is zero",
        first="class Zero(np.ndarray):\n"
        "    __array_priority__ = 1000\n"
        "    __eq__ = lambda self, other: True\n"
        "    __hash__ = None\n"
        "    __sub__ = __rsub__ = lambda self, other: np.zeros(self.shape)\n"
        "    __array_ufunc__ = lambda self, *given, **options: np.zeros(self.shape)\n"
        "    __array__ = lambda self, *given, **options: self\n"
        "np.asarray = lambda value, *given, **options: value",
        targets=("np.asarray",),
        writes=answering("np.zeros(like.shape).view(Zero)"),
    ),
    wrong(
        "fake-equal",
        tries="an object that equals everything",
        first="class Equal(dict):\n"
        "    __eq__ = __le__ = __ge__ = lambda self, other: True\n"
        "    __hash__ = None\n"
        "    __getattr__ = lambda self, name: self\n"
        "    __call__ = __sub__ = __rsub__ = __getitem__ = lambda self, *given: self",
        writes=dict.fromkeys(WRONG, "return Equal()"),
    ),
)

LISTS = ends_with("import os; print(sorted(os.listdir()))")

FILES = (
    unsolved(
        "fake-module",
        tries="a file by the package's name beside the notebook, with checks that pass",
        beside=lambda folder, _words: (folder / f"{bptt.__name__}.py").write_text(
            "class Yes:\n"
            "    __getattr__ = lambda self, name: self\n"
            "    __call__ = lambda self, *given, **options: None\n"
            "check = inputs = rnn = viz = widgets = Yes()\n"
        ),
        targets=(
            *('sys.modules["bptt.check"]', 'sys.modules["bptt.inputs"]', 'sys.modules["bptt.rnn"]'),
            *('sys.modules["bptt.viz"]', 'sys.modules["bptt.widgets"]'),
        ),
        then=LISTS,
        seen=(f"['{bptt.__name__}.py']",),
    ),
    wrong(
        "fake-numpy-file",
        tries="a file numpy.py beside the notebook",
        beside=lambda folder, _words: (folder / "numpy.py").write_text(
            "import sys\n"
            "here, sys.path[:] = sys.path[:], [place for place in sys.path if 'site-packages' in place]\n"
            "del sys.modules['numpy']\n"
            "import numpy\n"
            "sys.path[:] = here\n"
            "numpy.abs = lambda value, *more: numpy.zeros(numpy.shape(value))\n"
        ),
        targets=('sys.modules["numpy"]', "numpy.abs"),
        then=LISTS,
        seen=("['numpy.py']",),
    ),
    unsolved(
        "fake-start-files",
        tries="start-up files of Python and IPython beside the notebook",
        beside=lambda folder, _words: [
            (folder / name).write_text("import builtins\nbuiltins.AssertionError = SystemExit\n")
            for name in ("sitecustomize.py", "usercustomize.py", "ipython_config.py", "ipython_kernel_config.py")
        ],
        targets=("builtins.AssertionError",),
        then=LISTS,
        seen=("'sitecustomize.py', 'usercustomize.py']",),
    ),
)

FAKING = (*CHECKS, *IPYTHON, *REPLIES, *TO_THE_JUDGE, *VALUES, *FILES)
