"""What attackers reach for by name: whether it is there, and what in their code says that they reach for something.

Code that attacks what has been renamed attacks nothing, and earns no points for the wrong reason.
"""

import ast
import json
import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

import bptt
from bptt_instructor.grading.protocol.messages import CALL_REQUEST
from submissions.hostile.attack import IMPORTS, Attack

MESSAGES = 'sys.modules["bptt_instructor.grading.protocol.messages"]'
OUTPUTS = ("kernel.send", "kernel.outputs.part")
ASKED = f'kernel.handlers["{CALL_REQUEST}"]'

LOOKS = """\
import builtins, importlib, json, numpy, resource, time
import bptt.exact

kernel, shell, why = get_ipython().kernel, get_ipython(), {}
for target in targets:
    try:
        if eval(target) is None:
            why[target] = "None"
    except BaseException as error:
        why[target] = f"{type(error).__name__}: {error}"[:80]
print(json.dumps(why))
"""


def innocent(attacks: Iterable[Attack]) -> Attack:
    """Make a submission that is right in all, and that looks in its kernel for what attacks reach for."""
    targets = sorted({target for attack in attacks for target in attack.targets})
    return Attack("looks", "innocent", "looks for targets", first=f"{IMPORTS}targets = {targets!r}\n{LOOKS}")


def not_there(shown: str) -> dict[str, str]:
    """Read what that submission has shown: each target that is missing, and why."""
    why, _ = json.JSONDecoder().raw_decode(shown, shown.index("{"))
    return why


PACKAGE = bptt.__name__
REACHES = re.compile(
    rf"(?<![\w.])(?:{PACKAGE}(?:_instructor)?\.(?!py\b)|(?:kernel(?!\.json)|shell|check|get_ipython\(\))\."
    r"|ctypes\.(?:CDLL\(None\)\.)?(?!CDLL))\w+(?:\.\w+)*"
    rf"|\b{PACKAGE}_\w+|/proc/(?:self|1|net|sys)\b[\w/]*\w"
)
"""A name of the course's, the kernel's or the system's, as far as it goes."""
IN_QUOTES = re.compile(r"""(?:[gs]etattr(?:__)?\([\w.]+, |modules\[|modules\.get\()["']([\w.]+)["']""")
"""An attribute or a module, by what code that looks it up calls it."""
MENTIONS = re.compile(rf"\b{PACKAGE}|sys\.modules|get_ipython|nbgrader(?!_config)|f_globals|f_locals")
"""What nobody's code has who reaches for nothing."""
MOST_BYTES = 1_000_000


def reached(folder: Path, honest: Container[str]) -> set[str]:
    """List what a submission reaches for by name, and what it puts something in the place of.

    Parameters
    ----------
    folder
        What was handed in.
    honest
        Lines of code that are no attack.
    """
    found = set()
    for code in pieces(folder):
        own = "\n".join(line for line in code.splitlines() if line.strip() not in honest)
        found |= {*REACHES.findall(own), *IN_QUOTES.findall(own), *MENTIONS.findall(own), *replaced(code)}
    return found


def replaced(code: str) -> Iterator[str]:
    """List the attributes that some code assigns to: one that is not there would be made, without a word."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        for place in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(place, ast.Attribute):
                yield ast.unparse(place)


def pieces(folder: Path) -> Iterator[str]:
    """List what stands in a submission: each cell, each other file, and where each link leads."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield str(path.readlink())
        elif path.is_file() and path.stat().st_size < MOST_BYTES:
            text = path.read_bytes().decode(errors="replace")
            yield from _cells(text) if path.suffix == ".ipynb" else [text]


def _cells(text: str) -> list[str]:
    try:
        return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]
    except (ValueError, TypeError, LookupError, RecursionError):
        # Whoever damages a notebook does not want it to run.
        return []
