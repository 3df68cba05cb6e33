"""A JupyterLab for tests, with folders and settings of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

START = 60
"""Seconds that JupyterLab may take to start."""
STOP = 10
"""Seconds that it may take to stop its kernels and itself."""


@contextmanager
def serving(home: Path, command: Sequence[Any], **options: Any) -> Iterator[dict[str, Any]]:
    """Run a command that starts JupyterLab, and give what it writes about itself, such as its ``url`` and ``token``.

    Parameters
    ----------
    home
        A folder for all that it keeps.
    command
        Such as ``["jupyter", "lab"]``. It gets a free port, and opens no browser.
    options
        For the process, such as ``cwd``.
    """
    folders = {
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    log = home / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [*command, "--no-browser", "--port=0"],
            env=os.environ | {"PATH": path} | {name: str(folder) for name, folder in folders.items()},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )
    try:
        yield _wait_for_server(server, home / "runtime", log)
    finally:
        _stop(server)


def _wait_for_server(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> dict[str, Any]:
    """Return what JupyterLab writes about itself once it listens."""
    end = time.monotonic() + START
    while time.monotonic() < end:
        for file in runtime.glob("jpserver-*.json"):
            try:
                return json.loads(file.read_text())
            except json.JSONDecodeError:  # not written to its end yet
                continue
        if server.poll() is not None:
            break
        time.sleep(0.05)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    # Asked politely it stops its kernels, which live in process groups of their own.
    server.terminate()
    try:
        server.wait(STOP)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
