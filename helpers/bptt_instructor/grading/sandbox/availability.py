"""Whether this machine can make a sandbox, and what to do when it cannot."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys

INSTALL = "On Debian or Ubuntu: sudo apt-get install bubblewrap libseccomp2; on Fedora: sudo dnf install bubblewrap."
OR = "With --no-sandbox, submissions run with your rights."
NO_SANDBOX = "Without a sandbox: submissions run with your rights, and can read and change all that you can."
# As the warm parent does it: bubblewrap first, and a box of its own inside.
PROBE = ("bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc", "--")


def unavailable_reason() -> str:
    """Return why there is no sandbox here, and what to install, in one line; empty when there is one."""
    if sys.platform != "linux":
        return f"A sandbox needs Linux: grade in a virtual machine or a container with one. {OR}"
    if not shutil.which("bwrap"):
        return f"A sandbox needs bubblewrap, which is not installed. {INSTALL} {OR}"
    if not ctypes.util.find_library("seccomp"):
        return f"A sandbox needs the library libseccomp, which is not installed. {INSTALL} {OR}"
    if os.geteuid() != 0:
        trial = subprocess.run([*PROBE, "true"], capture_output=True, text=True, check=False)  # noqa: S603
        if trial.returncode:
            said = (trial.stderr.strip().splitlines() or ["bubblewrap failed"])[-1]
            return f"This system does not allow user namespaces, which a sandbox needs ({said}). {OR}"
    return ""
