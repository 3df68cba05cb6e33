"""Tell whether this machine can make a sandbox, and what to install."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys

INSTALL = "On Debian or Ubuntu: sudo apt-get install bubblewrap libseccomp2; on Fedora: sudo dnf install bubblewrap."
NEEDS_LINUX = (
    "Grading works on Linux alone. On Windows, do it in WSL2 ('wsl --install' sets it up); on a Mac, in a container or "
    "on a Linux server. The other commands of bptt work here."
)
"""What to say on other systems, in one line."""
NO_SANDBOX_HINT = "With --no-sandbox, submissions run with your rights."
NO_SANDBOX = "Without a sandbox: submissions run with your rights, and can read and change all that you can."
"""Warning when the sandbox is switched off."""

# The namespaces that a sandbox needs, and a /proc for them.
PROBE = ("bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc", "--")


def unavailable_reason() -> str:
    """Return why there is no sandbox here, and what to install, in one line; empty when there is one."""
    if sys.platform != "linux":
        return NEEDS_LINUX
    if not shutil.which("bwrap"):
        return f"A sandbox needs bubblewrap, which is not installed. {INSTALL} {NO_SANDBOX_HINT}"
    if not ctypes.util.find_library("seccomp"):
        return f"A sandbox needs the library libseccomp, which is not installed. {INSTALL} {NO_SANDBOX_HINT}"
    if os.geteuid() != 0:
        probe = subprocess.run([*PROBE, "true"], capture_output=True, text=True, check=False)  # noqa: S603
        if probe.returncode:
            last_line = (probe.stderr.strip().splitlines() or ["bubblewrap failed"])[-1]
            how = "'bptt doctor' says how to allow them."
            return f"This system does not allow user namespaces, which a sandbox needs ({last_line}): {how}"
    return ""
