"""Text: half characters, what is slow to read or to render, very many cells, ids that look like a neighbour's."""

from functools import partial

from nbformat.v4 import new_code_cell, new_markdown_cell

from submissions.hostile.attack import EVERYTHING, NOTHING, Attack, ends_with, tests

solved = partial(Attack, family="text")
unsolved = partial(Attack, family="text", blank=True, fair=NOTHING)

HALF = r"\ud83d"
"""Half a character, which no file can hold."""


def more_cells(count):
    def then(notebook):
        notebook.cells += [new_code_cell("x = 1", id=f"more-{number}") for number in range(count)]
        return notebook

    return then


SLOW_CODE = (
    "(" * 50_000 + ")" * 50_000,
    "x = " + "-" * 100_000 + "1",
    "x = " + "f'{" * 100 + "1" + "}'" * 100,
    "\\\n" * 100_000,
    "if x:\n" + "".join(f"{' ' * depth}if x:\n" for depth in range(1, 1000)),
    "#" * 500_000 + "\n" * 200_000,
    '"""' + "'" * 300_000 + "\\" * 100_000,
)
"""Code that takes long to parse, to compare or to fingerprint, one piece for each check."""


def slow_to_read(notebook):
    for test, source in zip(tests(notebook), SLOW_CODE, strict=True):
        notebook.cells.append(new_code_cell(source, id=f"own-{test.id}"))
        test.source = f"{source}\n{test.source}"
    return notebook


ENDLESS = (
    *("~" * 300_000, "`" * 300_000, "#" * 300_000, "[" * 100_000, "*" * 100_000, "_" * 100_000, ">" * 50_000),
    *("<!--" * 50_000, "<a " * 50_000, "![" * 50_000, "$" * 100_000, "\\(" * 50_000, "|" * 100_000, "1. " * 30_000),
    *("- " * 50_000, " " * 300_000 + "x", "\t" * 200_000 + "~", "&" * 200_000, "[a](" * 50_000, "*a_" * 50_000),
    *("~~~mermaid\n" * 20_000, "```" + " " * 200_000 + "mermaid", "a\n" * 100_000 + "==="),
)
"""Markdown that patterns with two repeats would read for hours."""


def endless(notebook):
    notebook.cells += [new_markdown_cell(source, id=f"endless-{number}") for number, source in enumerate(ENDLESS)]
    return notebook


def but(*lost):
    return tuple(test for test in EVERYTHING if test not in lost)


TEXT = (
    solved(
        "half-printed",
        tries="half characters in what is printed and displayed, and in names and metadata of it",
        first=f"import sys\nfrom IPython.display import display\nprint('{HALF}')\nprint('{HALF}', file=sys.stderr)\n"
        f"display({{'text/plain': '{HALF}', 'image/png': '{HALF}', '{HALF}': '{HALF}'}}, raw=True,"
        f" metadata={{'{HALF}': '{HALF}'}})\nprint('whole')\n'{HALF}'",
        seen=("whole",),
    ),
    solved("half-error", tries="half a character in the message of an error", first=f"raise ValueError('{HALF}')"),
    solved(
        "half-class",
        tries="half a character in the class name of an error",
        first=f"raise type('{HALF}', (Exception,), {{}})('{HALF}')",
    ),
    solved(
        "half-asked",
        tries="half characters in a function's error, warning, print and keys",
        writes={
            "rnn_cell_dz": f"import warnings\nprint('{HALF}')\nwarnings.warn('{HALF}')\n"
            f"raise type('{HALF}', (Exception,), {{}})('{HALF}')",
            "rnn_cell_inputs_backward": f"return {{'{HALF}': np.zeros(1), 'dxt': '{HALF}'}}",
        },
        fair=but("check-dz", "check-dxt", "check-da_prev"),
    ),
    solved(
        "half-named",
        tries="half a character in the name of a function, and of a file in its code",
        first="def renamed(function):\n"
        f"    setattr(function, '__name__', '{HALF}')\n    setattr(function, '__qualname__', '{HALF}')\n"
        f"    setattr(function, '__code__', function.__code__.replace(co_name='{HALF}', co_filename='{HALF}'))",
        writes={"rnn_cell_backward": "renamed(rnn_cell_backward)\nrenamed(rnn_cell_dz)\nraise ValueError"},
        then=ends_with("renamed(renamed)\nrenamed(None)"),
        targets=('[getattr(shell.run_cell.__func__, name) for name in ("__name__", "__qualname__", "__code__")]',),
        fair=but("check-rnn_cell_backward"),
        seen=("UnicodeEncodeError",),
    ),
    solved("text-endless", tries="markdown that takes for ever to be rendered", then=endless),
    solved("text-cells", tries="nearly two thousand more cells", then=more_cells(1_900)),
    solved(
        "text-too-many-cells",
        tries="two thousand more cells",
        then=more_cells(2_000),
        fair=NOTHING,
        status="unreadable",
        says="more than 2,000 cells",
    ),
    solved(
        "text-slow",
        tries="cells that are slow to read",
        then=slow_to_read,
        status=("graded", "repaired", "tampered"),
    ),
    unsolved("AAA", tries="a neighbour's id in capitals"),
    unsolved("aaa-", tries="a neighbour's id and one sign more"),
    unsolved("\N{CYRILLIC SMALL LETTER A}" * 3, tries="a neighbour's id in letters that look the same"),
)
