"""Whatever encoding a console, a pipe or a file has, nothing that the course prints raises UnicodeEncodeError."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bptt.wording import encodable, printable, say
from bptt_instructor.cli import main as instructors

BPTT = Path(sys.executable).with_name("bptt")
ENCODINGS = ["cp1252", "cp437", "ascii", "shift_jis", "utf-16"]
SCRIPT = """
from pathlib import Path
from bptt import check, own

def rnn_cell_dz(da_next, cache):
    print("µ, Ω and \\N{CHECK MARK}")
    return da_next * (1 - cache.a_prev**2)  # ∂

print(check.rnn_cell_dz(lambda da_next, cache: da_next * (1 - cache.a_next**2)))
try:
    check.rnn_cell_dz(rnn_cell_dz)
except check.CheckFailed as failed:
    print(failed)
    print(repr(failed.report))
    Path("report.txt").write_text(str(failed.report))
own.function("01_Übung_読", "rnn_cell_backward")
check.hint("rnn_cell_dz")
check.rnn_cell_dz(rnn_cell_dz)
"""


def run(encoding, *command, **options):
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "MPLBACKEND": "agg"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False, **options)
    out, err = done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert "UnicodeEncodeError" not in out + err
    return done.returncode, out, err


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_script_that_checks_prints_its_reports(encoding, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    code, out, err = run(encoding, sys.executable, "script.py", cwd=tmp_path)
    mark, cross = ("\N{CHECK MARK}", "\N{BALLOT X}") if encoding == "utf-16" else ("+", "x")
    assert code == 1
    assert out.startswith(f"{mark} rnn_cell_dz")
    assert out.count(f"{cross} rnn_cell_dz") == 2
    assert "The slope of tanh is taken at a_prev" in out
    assert "01_" in out
    assert "CheckFailed" in err


def test_a_file_opened_without_an_encoding_takes_a_report(tmp_path):
    """As on Windows, where the console has every character and files do not: here, Python's own ASCII."""
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    plain = os.environ | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "script.py"]
    done = subprocess.run(command, env=plain, cwd=tmp_path, capture_output=True, check=False)
    assert b"UnicodeEncodeError" not in done.stderr
    assert (tmp_path / "report.txt").read_text(encoding="ascii").startswith("x rnn_cell_dz")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_help_can_be_read(encoding):
    for command in ([], ["lab"], ["data"], ["data", "reviews"], *([name] for name in instructors.commands)):
        code, out, err = run(encoding, BPTT, *command, "--help")
        assert (code, err) == (0, "")
        assert "bptt" in out


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("✓ ✗ − × · ± µ → – — “b”", '+ x - x . +- u -> - - "b"'),
        ("Übung naïve 10⁻³ …", "Ubung naive 10?3 ..."),
        ("読\udcff", "??"),
    ],
)
def test_what_an_encoding_lacks_is_written_in_ascii(text, shown):
    assert encodable(text, "ascii") == shown
    assert encodable(text.replace("\udcff", ""), "utf-8") == text.replace("\udcff", "")


def test_without_a_console_nothing_is_printed(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    say("✓")
    assert printable("dx") == "dx"
