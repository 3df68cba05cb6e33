"""Memory that belongs to no process, and signals to all processes of a sandbox."""

from functools import partial

from submissions.hostile.attack import Attack

spends = partial(Attack, family="resources")

BUFFERS = """\
import os, socket
kept = []
try:
    while len(kept) < 2000:
        pair, (read, write) = socket.socketpair(), os.pipe()
        os.set_blocking(write, False)
        pair[0].setblocking(False)
        kept += [*pair, os.fdopen(read), os.fdopen(write)]
        os.write(write, bytes(1_000_000))
        pair[0].send(bytes(1_000_000))
except OSError as error:
    print(type(error).__name__, len(kept) > 100)
for each in kept:
    each.close()
"""
MAPS = """\
import mmap
kept = [mmap.mmap(-1, 500_000_000)]
try:
    for number in range(20):
        with open(f"/dev/shm/@mark@-{number}", "w+b") as file:
            file.truncate(4_000_000)
            kept.append(mmap.mmap(file.fileno(), 4_000_000))
            file.write(bytes(4_000_000))
            file.flush()
except OSError as error:
    print(type(error).__name__)
kept.clear()
"""
KILLS = """\
import os, signal
for kill in (
    lambda: os.kill(1, signal.SIGKILL),
    lambda: os.getppid() and os.kill(os.getppid(), signal.SIGKILL),
    lambda: os.killpg(1, signal.SIGKILL),
    lambda: os.getpgrp() and os.killpg(os.getpgrp(), signal.SIGKILL),
    lambda: os.getsid(0) and os.killpg(os.getsid(0), signal.SIGTERM),
):
    try:
        kill()
    except OSError as error:
        print(type(error).__name__)
print("still here")
"""

UNSEEN = (
    spends(
        "load-buffers",
        tries="buffers of sockets and pipes, as many as it may open",
        first=BUFFERS,
        seen=("OSError True",),
    ),
    spends("load-maps", tries="files that are mapped into memory", first=MAPS, seen=("OSError",)),
    spends(
        "load-kill-group",
        tries="kills the first process, its parent, its group and its session",
        first=KILLS,
        seen=("still here",),
    ),
)
