"""Packaging: what is handed in is no notebook, a damaged one, an old one, a link, or lies under an odd name."""

import json
import os
import socket
from functools import partial
from pathlib import Path

import nbformat

from submissions.hostile.attack import NOTHING, Attack, cell, swapped

refused = partial(Attack, family="packaging", fair=NOTHING, status="unreadable")
missing = partial(Attack, family="packaging", fair=NOTHING, status="missing notebook", then=lambda _: None)
accepted = partial(Attack, family="packaging")

NAME = "01_cell_backward.ipynb"


def text(notebook):
    return nbformat.v4.writes_json(notebook).encode()


def changed(**entries):
    """Change the file's own entries, such as ``nbformat``."""

    def then(notebook):
        data = json.loads(text(notebook))
        if entries.keys() - data.keys():
            raise LookupError(f"a notebook has no {sorted(entries.keys() - data.keys())}")
        return json.dumps(data | entries).encode()

    return then


def renamed(name):
    def beside(folder, _words):
        (folder / NAME).rename(folder / name)

    return beside


def linked(target, name=NAME):
    return lambda folder, words: link(folder / name, target, words)


def link(path, target, words):
    for word, means in words.items():
        target = target.replace(f"@{word}@", means)
    path.symlink_to(target)


def pipe(name=NAME):
    return lambda folder, _words: os.mkfifo(folder / name)


def door(folder, _words):
    # The path of a socket is short, so it is bound from inside the folder.
    here = Path.cwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(NAME)
    finally:
        os.chdir(here)


def enormous(folder, _words):
    """Make a file of 20 GB that takes no room."""
    with (folder / NAME).open("r+b") as file:
        file.truncate(20_000_000_000)


def enormous_data(folder, _words):
    with (folder / "data.bin").open("wb") as file:
        file.truncate(20_000_000_000)


def much_output(notebook):
    """Twenty million characters of output; a hundred times as much only takes longer."""
    code = next(each for each in notebook.cells if each.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="epoch 1 of 1000\n" * 1_250_000)]
    return notebook


def surrogate(notebook):
    cell(notebook, "rnn_cell_dz").source += "\n# \ud83d"
    return notebook


def surrogate_escaped(notebook):
    return swapped(text(notebook), b"cache:   RNNCellCache", b"\\ud83d RNNCellCache")


def old_minor(notebook):
    """Write the notebook as Jupyter did before cells had ids."""
    data = json.loads(changed(nbformat_minor=2)(notebook))
    for each in data["cells"]:
        del each["id"]
    return json.dumps(data).encode()


def version_three(notebook):
    return json.dumps(nbformat.convert(notebook, 3)).encode()


def another_lesson(_notebook):
    return text(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('my diary')")]))


def many_files(folder, _words):
    for number in range(600):
        (folder / f"data-{number:03}.csv").write_text("1,2\n")


def deep_folders(folder, _words):
    (folder / "/".join("d" * 40)).mkdir(parents=True)


def odd_names(folder, _words):
    for name in ("-rf", "*", "$(touch x)", "new\nline.csv", "[bold]a[red]", "%s.csv", "con\x1b[31m"):
        (folder / name).write_text("x")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.csv")).write_text("x")


def circles(folder, _words):
    (folder / "self").symlink_to("self")
    (folder / "up").symlink_to("..")
    (folder / "gone.csv").symlink_to("/nowhere/at/all")


def to_secrets(folder, words):
    for name, target in (
        ("a.db", "@course@/gradebook.db"),
        ("b.txt", "@home@/diary.txt"),
        ("c", "@course@/nbgrader_config.py"),
        ("d.ipynb", "@course@/build/source/01_cell_backward/01_cell_backward.ipynb"),
        ("e", "@course@/submitted"),
    ):
        link(folder / name, target, words)


READS = (
    "import os, pathlib\n"
    "for path in sorted(pathlib.Path('.').rglob('*')):\n"
    "    try:\n        print(path, path.read_bytes())\n    except OSError as error:\n        print(path, error.errno)"
)

LINKS = (
    missing(
        "pack-link-source",
        tries="a link to the instructor's notebook",
        says="there is",
        beside=linked("@course@/build/source/01_cell_backward/01_cell_backward.ipynb"),
    ),
    missing(
        "pack-link-neighbour",
        tries="a link to a neighbour's notebook",
        beside=linked("@course@/submitted/bbb/01_cell_backward/01_cell_backward.ipynb"),
    ),
    missing("pack-link-diary", tries="a link to a file of the instructor's", beside=linked("@home@/diary.txt")),
    missing("pack-link-endless", tries="a link to a device that never ends", beside=linked("/dev/zero")),
    missing("pack-link-gone", tries="a link that leads nowhere", beside=linked("/nowhere/at/all")),
    missing("pack-pipe", tries="a pipe, which blocks whoever opens it", beside=pipe()),
    missing("pack-socket", tries="a socket", beside=door),
    missing("pack-folder", tries="a folder by the notebook's name", beside=lambda f, _w: (f / NAME).mkdir()),
    accepted("pack-data-links", tries="links to secrets among the data files", first=READS, beside=to_secrets),
    accepted("pack-data-circles", tries="links in circles, and one that leads nowhere", first=READS, beside=circles),
    accepted("pack-data-pipe", tries="a pipe among the data files", first=READS, beside=pipe("data.csv")),
    accepted(
        "pack-time-link",
        tries="a link in place of the time",
        first=READS,
        beside=linked("@home@/diary.txt", "timestamp.txt"),
    ),
    accepted("pack-time-pipe", tries="a pipe in place of the time", beside=pipe("timestamp.txt")),
)

FILES = (
    refused("pack-empty", tries="an empty file", then=lambda _: b"", says="empty"),
    refused("pack-pdf", tries="a PDF", then=lambda _: b"%PDF-1.7\n\x00\xff", says="not a notebook"),
    refused("pack-truncated", tries="half a file", then=lambda n: text(n)[:4000], says="ends too early"),
    refused("pack-list", tries="JSON that is no notebook", then=lambda _: b"[1, 2, 3]"),
    refused("pack-deep", tries="JSON a hundred thousand deep", then=lambda _: b"[" * 100_000),
    refused(
        "pack-deep-metadata",
        tries="metadata five thousand deep",
        then=lambda n: swapped(text(n), b'"metadata": {', b'"metadata": {"a": ' + b"[" * 5000 + b"]" * 5000 + b", ", 1),
        status=("unreadable", "graded", "repaired"),
    ),
    accepted(
        "pack-digits",
        tries="a number of ten thousand digits",
        then=lambda n: swapped(text(n), b'"nbformat_minor": 5', b'"nbformat_minor": ' + b"9" * 10_000),
    ),
    refused("pack-nan", tries="nan for a version", then=changed(nbformat=float("nan"))),
    refused("pack-version-3", tries="a notebook of 2013", then=version_three),
    refused("pack-version-99", tries="a notebook of the future", then=changed(nbformat=99)),
    refused("pack-version-text", tries="a version in letters", then=changed(nbformat="four")),
    refused("pack-cells-dict", tries="cells that are no list", then=changed(cells={"0": 1})),
    refused("pack-cells-null", tries="no cells", then=changed(cells=None)),
    refused("pack-other", tries="another notebook", then=another_lesson, says="another notebook"),
    refused("pack-enormous", tries="a file of 20 GB", beside=enormous, says="larger than"),
    missing("pack-nothing", tries="an empty folder", says="the folder is empty"),
    missing(
        "pack-word",
        tries="another kind of file",
        says="essay.docx",
        beside=lambda f, _w: (f / "essay.docx").write_bytes(b"PK"),
    ),
    missing(
        "pack-name-markup",
        tries="a file whose name is markup for the terminal",
        says="bold",
        beside=lambda f, _w: (f / "[bold red]\x1b[31m<b>.docx").write_bytes(b"PK"),
    ),
)

ACCIDENTS = (
    accepted("pack-bom", tries="an honest accident: a byte-order mark", then=lambda n: b"\xef\xbb\xbf" + text(n)),
    accepted(
        "pack-crlf", tries="an honest accident: Windows' line ends", then=lambda n: swapped(text(n), b"\n", b"\r\n")
    ),
    accepted("pack-utf-16", tries="an honest accident: UTF-16", then=lambda n: text(n).decode().encode("utf-16")),
    refused(
        "pack-latin",
        tries="a comment in Latin-1",
        says="UTF-8",
        then=lambda n: swapped(text(n), b"RNNCellCache with", b"Zust\xe4nde with"),
    ),
    accepted("pack-surrogate", tries="an honest accident: half a character", then=surrogate),
    accepted("pack-surrogate-escaped", tries="half a character, escaped", then=surrogate_escaped),
    accepted("pack-old", tries="an honest accident: a notebook without cell ids", then=old_minor),
    accepted("pack-minor-new", tries="a minor version of the future", then=changed(nbformat_minor=9)),
    accepted("pack-output", tries="an honest accident: an output of 20 MB", then=much_output),
    accepted(
        "pack-renamed",
        tries="an honest accident: 01_cell_backward (1).ipynb",
        beside=renamed("01_cell_backward (1).ipynb"),
    ),
    accepted(
        "pack-renamed-odd",
        tries="a name that is an option, with a line end in it",
        beside=renamed("--force\n$(reboot) [red].ipynb"),
    ),
    accepted("pack-many", tries="six hundred data files", beside=many_files),
    accepted("pack-deep-folders", tries="forty folders in each other", beside=deep_folders),
    accepted("pack-odd-names", tries="data files with odd names", first=READS, beside=odd_names),
    accepted("pack-data-enormous", tries="a data file of 20 GB", beside=enormous_data),
    accepted(
        "pack-time-odd",
        tries="a time that is none",
        beside=lambda f, _w: (f / "timestamp.txt").write_bytes(b"\x00\xff" * 500_000),
        says="is not understood",
    ),
)

PACKAGING = (*LINKS, *FILES, *ACCIDENTS)
