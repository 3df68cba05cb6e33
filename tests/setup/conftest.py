"""A pretended machine: the set-up scripts run for real, the programs that they call only write down how."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

ROOT = Path(__file__).parents[2]
REAL_PROGRAMS = ("cat", "cksum", "cp", "dirname", "env", "mkdir", "rm", "sed", "sh")


class Machine:
    """A copy of the project's set-up in a folder of its own, with no programs but those of ``programs``."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.programs = folder / "programs"
        self.log = folder / "log"
        shutil.copytree(ROOT / "helpers/setup", self.project / "helpers/setup")
        for name in ("pyproject.toml", "requirements.lock", "requirements-lab.lock"):
            shutil.copy(ROOT / name, self.project)
        self.programs.mkdir()
        for name in REAL_PROGRAMS:
            (self.programs / name).symlink_to(shutil.which(name))
        self.program("id", "echo 1000")
        self.program("uname", "echo Linux")

    def program(self, name: str, does: str = "", *, logs: bool = False) -> None:
        """Add a program, a shell script; ``logs`` makes it write down its arguments first."""
        path = self.programs / name
        note = f'echo "${{0##*/}} $*" >>"{self.log}"\n' if logs else ""
        path.write_text(f"#!/bin/sh\n{note}{does}\n")
        path.chmod(0o755)

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one of the set-up scripts; ``self.calls()`` then tells what it called."""
        self.log.write_text("")
        return subprocess.run(
            [self.programs / "sh", self.project / "helpers/setup" / script, *arguments],
            env={"PATH": os.fspath(self.programs), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[str]:
        """List what the last run called, in order."""
        return self.log.read_text().splitlines()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)
