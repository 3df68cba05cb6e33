"""No answer key is in the sandbox: no line or function of a formula, a mistake or a solution, in files or in memory."""

import ast
import hashlib
import json
import py_compile
import re
from itertools import chain
from types import CodeType

import pytest
from submissions.course import BEGIN, END, PROJECT

from bptt_instructor.grading.checks import in_sandbox
from bptt_instructor.grading.checks.bptt_suite import BpttSuite
from bptt_instructor.grading.checks.packages import GRADER, KERNEL_PARTS
from bptt_instructor.grading.kernel_client.launcher import KernelLauncher
from bptt_instructor.grading.limits import Limits

HELPERS = PROJECT / "helpers"
CHECKS = HELPERS / "bptt_instructor/grading/checks"
COVERED = {path for part in in_sandbox.COVERS for path in (HELPERS / part, *(HELPERS / part).rglob("*.py"))}
KEY = sorted({path for path in COVERED if path.suffix == ".py"} | {CHECKS / "backward.py", CHECKS / "answers.py"})
SHOWN = [
    *(path for path in (HELPERS / "bptt").rglob("*.py") if path not in COVERED),
    *(CHECKS / "in_sandbox").rglob("*.py"),
    *(path for part in KERNEL_PARTS for path in (HELPERS / GRADER / part, *(HELPERS / GRADER / part).rglob("*.py"))),
]
"""What a learner may read. Lines that stand here tell nothing."""
MIN_CHARACTERS = 30
"""Of a line that tells; shorter ones stand anywhere."""
MIN_CODE_BYTES = 60
"""Of a function that tells."""
WORDS = (b"backward", b"gradient", b"EXERCISES", b"mistake")
"""One of these is in every file of the key."""
SOLUTION = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)

LOOKS = """
import gc, hashlib, importlib.util, json, marshal, os, sys, types

def digest(text):
    return hashlib.sha1(text.encode(errors="replace")).hexdigest()[:16]

def fingerprints(code):
    if len(code.co_code) >= MIN_CODE_BYTES:
        yield digest(repr((code.co_name, code.co_code, code.co_names, code.co_varnames)))
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield from fingerprints(each)

found, files = set(), 0
for folder, folders, names in os.walk("/"):
    if folder == "/":
        folders[:] = [name for name in folders if name not in ("proc", "sys")]
    for name in names:
        path = os.path.join(folder, name)
        try:
            if not os.path.isfile(path) or os.path.islink(path) or os.path.getsize(path) > MAX_FILE_BYTES:
                continue
            with open(path, "rb") as file:
                data = file.read()
        except OSError:
            continue
        files += 1
        if not any(word in data for word in WORDS):
            continue
        if name.endswith(".pyc"):
            # Of another Python, it would be read as rubbish.
            if data.startswith(importlib.util.MAGIC_NUMBER):
                found.update((path, "code") for each in fingerprints(marshal.loads(data[16:])) if each in CODES)
        else:
            lines = (line.strip() for line in data.decode(errors="replace").splitlines())
            found.update((path, "lines") for line in lines if len(line) >= MIN_CHARACTERS and digest(line) in LINES)
# Not gc.get_objects: what was there before the fork is frozen, and not in it.
reached, next_ones = set(), [sys.modules, sys._current_frames(), *gc.get_objects()]
while next_ones:
    each = next_ones.pop()
    if id(each) in reached:
        continue
    reached.add(id(each))
    if isinstance(each, types.CodeType):
        found.update((each.co_filename, "memory") for one in fingerprints(each) if one in CODES)
    next_ones += gc.get_referents(each)
    if isinstance(each, types.FunctionType):
        next_ones.append(each.__code__)
print("looked at:", files)
print(json.dumps(sorted(found)))
"""


def digest(text):
    return hashlib.sha1(text.encode(errors="replace"), usedforsecurity=False).hexdigest()[:16]


def fingerprints(code):
    """Tell apart functions by what they do, wherever they stand."""
    if len(code.co_code) >= MIN_CODE_BYTES:
        yield digest(repr((code.co_name, code.co_code, code.co_names, code.co_varnames)))
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from fingerprints(each)


def lines_of(source):
    """Return the lines of code, without docstrings, comments and imports, which stand elsewhere as well."""
    tree = ast.parse(source)
    texts = {
        number
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.Expr) and _is_text(node.value))
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = ((number, line.strip()) for number, line in enumerate(source.splitlines(), 1))
    return {line for number, line in lines if number not in texts and len(line) >= MIN_CHARACTERS and line[0] != "#"}


def _is_text(node):
    return isinstance(node, ast.Constant)


def all_lines(paths):
    return set(chain.from_iterable(lines_of(path.read_text()) for path in paths))


def all_codes(paths):
    sources = (path.read_text() for path in paths)
    return set(chain.from_iterable(fingerprints(compile(source, "x", "exec")) for source in sources))


def solutions():
    """Return the lines that stand in no released notebook."""
    texts = {path: path.read_text() for path in (PROJECT / "solutions").glob("*.py")}
    own = {line.strip() for text in texts.values() for part in SOLUTION.findall(text) for line in part.splitlines()}
    released = {line.strip() for text in texts.values() for line in SOLUTION.sub("", text).splitlines()}
    return {line for line in own - released if len(line) >= MIN_CHARACTERS}


@pytest.fixture(scope="module")
def looks():
    shown = [path for path in SHOWN if path.suffix == ".py" and path.is_file()]
    lines = (all_lines(KEY) | solutions()) - all_lines(shown)
    codes = all_codes(KEY) - all_codes(shown)
    assert len(lines) > 500
    assert len(codes) > 200
    assert [path for path in KEY if not any(word in path.read_bytes() for word in WORDS)] == []
    told = {
        "LINES": set(map(digest, lines)),
        "CODES": codes,
        "WORDS": WORDS,
        "MAX_FILE_BYTES": 2_000_000,
        "MIN_CHARACTERS": MIN_CHARACTERS,
        "MIN_CODE_BYTES": MIN_CODE_BYTES,
    }
    return "".join(f"{name} = {value!r}\n" for name, value in told.items()) + LOOKS


@pytest.fixture(autouse=True, scope="module")
def compiled():
    """Have Python keep what it compiled the files to that are covered one by one."""
    for part in in_sandbox.COVERS:
        if part.endswith(".py"):
            py_compile.compile(str(HELPERS / part), doraise=True)


def seen(looks, *without):
    """Return what of the key is seen in a sandbox that lacks some covers."""
    suite = BpttSuite()
    suite.covers = {part: cover for part, cover in suite.covers.items() if part not in without}
    launcher = KernelLauncher(Limits(cell_seconds=300.0, cell_output_bytes=10_000_000), suite)
    try:
        with launcher.start({}) as kernel:
            run = kernel.run(looks)
    finally:
        launcher.close()
    text = "".join(output.get("text", str(output)) for output in run.outputs)
    assert not run.failed, text
    counted, found = text.splitlines()
    assert int(counted.removeprefix("looked at: ")) > 1000
    return {(path.removeprefix(f"{HELPERS}/"), where) for path, where in json.loads(found)}


def test_nothing_of_the_key_is_in_the_sandbox(looks):
    assert seen(looks) == set()


def test_a_file_that_is_not_covered_is_seen(looks):
    found = seen(looks, "bptt/check/mistakes")
    assert {path for path, _ in found} >= {f"bptt/check/mistakes/{name}.py" for name in ("rnn_cell", "lstm_cell")}


def test_without_any_cover_the_key_is_seen_in_files_and_in_memory(looks):
    found = seen(looks, *in_sandbox.COVERS)
    assert {("bptt/exact/rnn.py", "lines"), ("bptt/exact/rnn.py", "memory")} <= found
