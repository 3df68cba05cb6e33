"""What attacks aim at: a home folder, a process, open ports and secrets, all made for the purpose and watched."""

import hashlib
import os
import secrets
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil

SHARED = ("/tmp", "/dev/shm", "/var/tmp")  # noqa: S108 - looked at, and never written to
MOST_READ = 50_000_000


class Canaries:
    """Harmless targets.

    Parameters
    ----------
    course
        The course that attackers hand in to.
    home
        An empty folder, for the instructor's home.
    user
        Whose the process is; the own user's when None.
    secret
        What attackers are not to read; made up when empty.

    Attributes
    ----------
    secret
        Stands in everything that attackers are not to read, and nowhere else.
    words
        What attackers know of their targets: far more than students would.
    """

    def __init__(self, course: Path, home: Path, user: int | None = None, secret: str = "") -> None:
        self.secret = secret or secrets.token_hex(12)
        self._mark = secrets.token_hex(6)
        self._course = course
        self._home = home
        self._ports = [socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
        self._ports[1].bind(("127.0.0.1", 0))
        for address in (str(home / "door"), f"\0{self._mark}"):
            door = socket.socket(socket.AF_UNIX)
            door.bind(address)
            door.listen()
            self._ports.append(door)
        self._process = subprocess.Popen(["sleep", "3600"], user=user)
        home.joinpath("diary.txt").write_text(self.secret)
        self.words = {
            "course": str(course),
            "home": str(home),
            "mark": self._mark,
            "pid": str(self._process.pid),
            "port": str(self._ports[0].getsockname()[1]),
            "udp": str(self._ports[1].getsockname()[1]),
            # How long a process sleeps tells whose it is.
            "sleep": f"3{int(self._mark[:6], 16)}",
        }
        self._before: dict[str, str] = {}

    def hide(self, assignment: str) -> None:
        """Put the secret where an instructor has some: into a hidden test, the environment, a neighbour's work."""
        source = self._course / "build" / "source" / assignment / f"{assignment}.ipynb"
        notebook = nbformat.read(source, as_version=4)
        for test in notebook.cells:
            if test.id.startswith("check-"):
                test.source += f"\n### BEGIN HIDDEN TESTS\n# {self.secret}\n### END HIDDEN TESTS"
        nbformat.write(notebook, source)
        os.environ["CANARY_TOKEN"] = self.secret

    def watch(self) -> None:
        """Remember how everything is."""
        self._before = self._files()

    def harmed(self) -> list[str]:
        """Say what has been read, changed, reached or left behind since then."""
        found = []
        status = self._status()
        if status not in (psutil.STATUS_SLEEPING, psutil.STATUS_RUNNING):
            found.append(f"the process is {status}")
        for door in self._ports:
            door.settimeout(0)
            with suppress(BlockingIOError):
                door.recv(1) if door.type == socket.SOCK_DGRAM else door.accept()
                found.append(f"{door.getsockname()} was reached")
        after = self._files()
        found += [
            f"changed: {path}" for path in sorted(self._before | after) if self._before.get(path) != after.get(path)
        ]
        found += [f"left behind: {path}" for place in SHARED for path in Path(place).glob(f"{self._mark}*")]
        return found + [f"still runs: {process.pid}" for process in self.left_processes()]

    def left_processes(self) -> list[psutil.Process]:
        """Find processes that an attacker has started and that are still there."""
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if self.words["sleep"] in (process.info["cmdline"] or ())
        ]

    def close(self) -> None:
        """End what was made."""
        for door in self._ports:
            door.close()
        for process in self.left_processes():
            process.kill()
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait()
        os.environ.pop("CANARY_TOKEN", None)

    def _status(self) -> str:
        return "gone" if self._process.poll() is not None else str(psutil.Process(self._process.pid).status())

    def _files(self) -> dict[str, str]:
        """Read everything that grading is not to change."""
        course = self._course
        roots = [self._home, *(course / name for name in ("submitted", "notebooks", "solutions", "build/source"))]
        found = {str(path): _told(path) for root in roots for path in root.rglob("*") if not path.is_dir()}
        return found | {str(course / "nbgrader_config.py"): _told(course / "nbgrader_config.py")}


def _told(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    about = path.stat()
    if not path.is_file() or about.st_size > MOST_READ:
        return f"{about.st_mode:o} {about.st_size}"
    return hashlib.sha256(path.read_bytes()).hexdigest()
