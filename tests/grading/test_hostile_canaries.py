"""What watches over the hostile corpus sees harm when there is some: each kind is done once, on purpose."""

import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from submissions.hostile.canaries import Canaries
from submissions.hostile.scripts import MARK, runs_in


@pytest.fixture
def canaries(tmp_path):
    for name in ("home", "course/submitted", "course/build/source", "course/notebooks", "course/solutions"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("nbgrader_config.py", "submitted/work"):
        (tmp_path / "course" / name).write_text("x")
    made = Canaries(tmp_path / "course", tmp_path / "home")
    made.watch()
    yield made
    made.close()


def connect(words):
    socket.create_connection(("127.0.0.1", int(words["port"]))).close()


def send(words):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.sendto(b"x", ("127.0.0.1", int(words["udp"])))


def knock(words):
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(f"{words['home']}/door")


def stop(words):
    os.kill(int(words["pid"]), signal.SIGSTOP)
    # Until the system says that it has stopped.
    os.waitpid(int(words["pid"]), os.WUNTRACED)


def change(words):
    Path(words["course"], "submitted/work").write_text("y")


def replace(words):
    work = Path(words["course"], "submitted/work")
    work.unlink()
    work.symlink_to("/nowhere")


def add(words):
    Path(words["home"], ".bashrc").write_text("y")


def leave(words):
    place = Path("/dev/shm", words["mark"])  # noqa: S108 - one of the places that are watched
    place.touch()
    return place.unlink


def stay(words):
    subprocess.Popen(["sleep", words["sleep"]])


def test_peace_is_seen_as_peace(canaries):
    assert canaries.harmed() == []


@pytest.mark.parametrize("harm", [connect, send, knock, stop, change, replace, add, leave, stay])
def test_harm_is_seen(canaries, harm):
    mend = harm(canaries.words)
    assert len(canaries.harmed()) == 1
    if mend:
        mend()


@pytest.mark.parametrize(
    "page",
    [
        f"<p><script>{MARK}=1</script>",
        f"<img src=x onerror='{MARK}=1'>",
        f'<a href=" JavaScript:{MARK}">x</a>',
        f"<iframe srcdoc='&lt;script>{MARK}&lt;/script>'>",
    ],
)
def test_a_script_in_a_page_is_seen(page):
    assert runs_in(page)
    assert not runs_in(page.replace("<", "&lt;"))
