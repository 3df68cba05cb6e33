"""Isolation: all is solved, and a cell looks around: for secrets, neighbours, processes, the network, a way out."""

import sys
from functools import partial

from submissions.hostile.attack import Attack, cell, shows

looks = partial(Attack, family="isolation")

SITE_PACKAGES = "sysconfig.get_path('purelib')"
USERS_OWN = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


def later(code):
    """Put code into the last solution cell, as a student would who wants to see it run after the rest."""

    def then(notebook):
        cell(notebook, "rnn_cell_backward").source += f"\n\n\n{code}"
        return notebook

    return then


SECRETS = (
    looks(
        "wall-gradebook-read",
        tries="reads the gradebook",
        first=shows(
            "sqlite3.connect('@course@/gradebook.db').execute('select * from student').fetchall()",
            "open('@course@/gradebook.db', 'rb').read()",
        ),
    ),
    looks(
        "wall-sources",
        tries="reads the instructor's notebook, with the hidden tests",
        first=shows(
            "open('@course@/build/source/01_cell_backward/01_cell_backward.ipynb').read()",
            "[path.read_text() for path in pathlib.Path('@course@').rglob('*.ipynb')]",
            "[path.read_text() for up in pathlib.Path.cwd().parents[:4] for path in up.glob('*/*/*/*.ipynb')]",
        ),
    ),
    looks(
        "wall-hidden-tests",
        tries="reads the tests out of the notebook's own memory and folder",
        first=shows("open('01_cell_backward.ipynb').read()"),
        writes={
            "rnn_cell_backward": "print(get_ipython().user_ns['In'])\n"
            "try:\n    print(open('01_cell_backward.ipynb').read())\nexcept OSError as error:\n    print(error)\n"
            "dz = rnn_cell_dz(da_next, cache)\n"
            "return rnn_cell_inputs_backward(dz, cache) | rnn_cell_parameters_backward(dz, cache)"
        },
        targets=("get_ipython().user_ns['In'][1]",),
        seen=("['', 'import numpy as np",),
    ),
    looks(
        "wall-neighbour-read",
        tries="reads a neighbour's work",
        first=shows(
            "open('@course@/submitted/bbb/01_cell_backward/01_cell_backward.ipynb').read()",
            "[path.read_text() for path in pathlib.Path.cwd().parent.rglob('*.ipynb')]",
        ),
    ),
    looks(
        "wall-seeds",
        tries="reads what others were asked",
        first=shows(
            "open('@course@/gradebook.db', 'rb').read()",
            "[path.read_text() for path in pathlib.Path('@course@/build/results').rglob('*.json')]",
        ),
    ),
    looks(
        "wall-home",
        tries="reads the instructor's home",
        first=shows(
            "open('@home@/diary.txt').read()",
            "open(os.path.expanduser('~/diary.txt')).read()",
            "[path.read_text() for path in pathlib.Path('/').glob('root/*') if path.is_file()]",
        ),
    ),
    looks(
        "wall-environment",
        tries="reads environment variables, its own and its parents'",
        first=shows(
            "dict(os.environ)",
            "open('/proc/1/environ').read()",
            "[open(path).read() for path in glob.glob('/proc/*/environ')]",
            "open(f'/proc/{os.getppid()}/environ').read()",
            "subprocess.run('env; export', shell=True, capture_output=True)",
        ),
        targets=("os.stat('/proc/1/environ')",),
        seen=("NBGRADER_EXECUTION",),
    ),
    looks(
        "wall-memory",
        tries="searches its own memory for what was there before",
        first="""\
import hashlib
known = hashlib.sha256(b"was there before").hexdigest()[:24].encode()
digits = bytes(byte in b"0123456789abcdef" for byte in range(256))
found, wanted = set(), bytes([True] * 24)
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        start, end = (int(part, 16) for part in line.split()[0].split("-"))
        # What else is large are the stacks of threads.
        if "rw" in line and ("[heap]" in line or end - start < 6_000_000):
            try:
                memory.seek(start)
                here = memory.read(end - start)
            except OSError:
                continue
            # For so much, a regular expression would take a second.
            like = here.translate(digits)
            at = like.find(wanted)
            while at >= 0:
                found.add(here[at : at + 24])
                at = like.find(wanted, at + 24)
print("with what is known:", known in found)
print(sorted(found)[:20_000])
""",
        targets=("os.stat('/proc/self/maps')", "os.stat('/proc/self/mem')"),
        seen=("with what is known: True",),
    ),
    looks(
        "wall-handles",
        tries="uses handles that were left open",
        first=shows(
            "[(path, os.readlink(path)) for path in glob.glob('/proc/self/fd/*') if os.path.lexists(path)]",
            "[os.listdir(f'/proc/self/fd/{fd}') for fd in range(3, 60) if os.path.isdir(f'/proc/self/fd/{fd}')]",
            "[open(f'/proc/{os.getppid()}/fd/{fd}', 'rb').read() for fd in range(3, 60)]",
        ),
        targets=("os.readlink('/proc/self/fd/0')",),
        seen=("[('/proc/self/fd/",),
    ),
)

CHANGES = (
    looks(
        "wall-gradebook-write",
        tries="gives itself points in the gradebook",
        then=later(
            "try:\n    import sqlite3\n    book = sqlite3.connect('file:@course@/gradebook.db?mode=rw', uri=True)\n"
            "    book.execute('update grade set manual_score = 100')\n    book.commit()\n"
            "except Exception as error:\n    print(type(error))"
        ),
    ),
    looks(
        "wall-gradebook-delete",
        tries="deletes the gradebook",
        first=shows("os.remove('@course@/gradebook.db')", "open('@course@/gradebook.db', 'w').close()"),
    ),
    looks(
        "wall-gradebook-lock",
        tries="locks the gradebook and lets a process hold the lock",
        first=shows(
            "subprocess.Popen([sys.executable, '-c', 'import sqlite3, time\\n"
            'b = sqlite3.connect("file:@course@/gradebook.db?mode=rw", uri=True)\\n'
            "b.execute(\"begin exclusive\")\\ntime.sleep(40)', '@sleep@'], start_new_session=True).pid",
            "__import__('time').sleep(0.5)",
        ),
    ),
    looks(
        "wall-neighbour-write",
        tries="replaces a neighbour's work by nothing",
        first=shows(
            "open('@course@/submitted/zzz/01_cell_backward/01_cell_backward.ipynb', 'w').close()",
            "[open(path, 'w').close() for path in glob.glob('../../*/*/*.ipynb')]",
            "shutil.rmtree('@course@/submitted/zzz')",
        ),
    ),
    looks(
        "wall-source-write",
        tries="replaces the lesson",
        first=shows(
            "open('@course@/build/source/01_cell_backward/01_cell_backward.ipynb', 'w').write('{}')",
            "open('@course@/notebooks/01_cell_backward/01_cell_backward.ipynb', 'w').write('{}')",
            "open('@course@/nbgrader_config.py', 'a').write('1 / 0')",
        ),
    ),
    looks(
        "wall-own-output",
        tries="replaces its own graded notebook by a link",
        first=shows(
            "os.remove('01_cell_backward.ipynb')",
            "os.symlink('@home@/diary.txt', '01_cell_backward.ipynb')",
            "shutil.rmtree('@course@/autograded/wall-own-output')",
        ),
    ),
    looks(
        "wall-start-files",
        tries="start-up files for all later kernels",
        first=shows(
            *(
                f"[os.makedirs('{folder}', exist_ok=True), open('{folder}/{name}', 'w').write('raise SystemExit')]"
                for home in ("@home@", "' + os.environ.get('HOME', '') + '")
                for folder, name in (
                    (f"{home}/.ipython/profile_default/startup", "00.py"),
                    (f"{home}/.local/{USERS_OWN}", "usercustomize.py"),
                )
            ),
            "open('@home@/.bashrc', 'a').write('exit')",
        ),
    ),
    looks(
        "wall-kernelspec",
        tries="a kernel of its own under the usual name, for all later students",
        first=shows(
            *(
                f"[os.makedirs('{folder}', exist_ok=True), open('{folder}/kernel.json', 'w').write("
                '\'{"argv": ["false"], "display_name": "x", "language": "python"}\')]'
                for folder in (
                    "@home@/.local/share/jupyter/kernels/python3",
                    "' + sys.prefix + '/share/jupyter/kernels/python3",
                )
            )
        ),
    ),
    looks(
        "wall-package",
        tries="changes the course's package and NumPy for all later students",
        first=shows(
            "open(check.__file__, 'a').write('\\n# @mark@')",
            "open(np.__file__, 'a').write('\\n# @mark@')",
            f"open(os.path.join({SITE_PACKAGES}, '@mark@.pth'), 'w')",
            "open('/usr/lib/@mark@', 'w')",
        ),
        targets=(
            *("os.stat(check.__file__)", "os.stat(np.__file__)", f"os.stat({SITE_PACKAGES})", "os.stat('/usr/lib')"),
        ),
    ),
    looks(
        "wall-temporary",
        tries="leaves files in shared places",
        first=shows(
            "open('/tmp/@mark@', 'w').write('x')",
            "open('/dev/shm/@mark@', 'w').write('x')",
            "open('/var/tmp/@mark@', 'w')",
            "os.mkfifo('/tmp/@mark@-pipe')",
        ),
    ),
    looks(
        "wall-memory-shared",
        tries="shared memory and message queues",
        first=shows(
            "ctypes.CDLL(None).shmget(0x5eed, 4096, 0o1666)",
            "ctypes.CDLL(None).msgget(0x5eed, 0o1666)",
            "__import__('multiprocessing.shared_memory').shared_memory.SharedMemory('@mark@', True, 4096).name",
        ),
        targets=("ctypes.CDLL(None).shmget", "ctypes.CDLL(None).msgget"),
    ),
)

OUT = (
    looks(
        "wall-loopback",
        tries="connects to a port of the machine",
        first=shows(
            "socket.create_connection(('127.0.0.1', @port@), 2)",
            "socket.create_connection(('localhost', @port@), 2)",
            "socket.create_connection(('::ffff:127.0.0.1', @port@), 2)",
            "socket.create_connection(('0.0.0.0', @port@), 2)",
        ),
    ),
    looks(
        "wall-udp",
        tries="sends a datagram to the machine",
        first=shows("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', @udp@))"),
    ),
    looks(
        "wall-unix",
        tries="connects to sockets of other programs",
        first=shows(
            "socket.socket(socket.AF_UNIX).connect('@home@/door')",
            # Not "\\0", to which a mark that begins with a digit would add.
            "socket.socket(socket.AF_UNIX).connect('\\x00@mark@')",
            "open('/proc/net/unix').read()",
        ),
        targets=("os.stat('/proc/net/unix')",),
        seen=("ConnectionRefusedError",),
    ),
    looks(
        "wall-raw-sockets",
        tries="raw, packet, netlink and virtual-machine sockets",
        first=shows(
            "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
            "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
            "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
            "socket.socket(40, socket.SOCK_STREAM)",
        ),
    ),
    looks(
        "wall-kill",
        tries="kills and stops other processes",
        first=shows("os.kill(@pid@, signal.SIGSTOP)", "os.kill(@pid@, signal.SIGKILL)"),
    ),
    looks(
        "wall-kill-parent",
        tries="kills its parent",
        first=shows("os.getppid() and os.kill(os.getppid(), signal.SIGKILL)"),
    ),
    looks(
        "wall-stop-parent",
        tries="stops its parent",
        first=shows("os.getppid() and os.kill(os.getppid(), signal.SIGSTOP)"),
    ),
    looks(
        "wall-trace",
        tries="traces its parent and writes into its memory",
        first=shows(
            "ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)",
            "open(f'/proc/{os.getppid()}/mem', 'r+b')",
            "open('/proc/@pid@/mem', 'r+b')",
            "os.kill(os.getppid(), 0)",
        ),
        targets=("ctypes.CDLL(None).ptrace",),
    ),
    looks(
        "wall-namespaces",
        tries="new namespaces and mounts, to become root inside",
        first=shows(
            "ctypes.CDLL(None).unshare(0x10000000)",
            "ctypes.CDLL(None).mount(b'none', b'/learner', b'tmpfs', 0, None)",
            "subprocess.run(['unshare', '-Ur', 'id'], capture_output=True)",
            "subprocess.run(['bwrap', '--bind', '/', '/', 'id'], capture_output=True)",
        ),
        targets=(
            *("ctypes.CDLL(None).unshare", "ctypes.CDLL(None).mount", "os.stat('/learner')"),
            *("shutil.which('unshare')", "shutil.which('bwrap')"),
        ),
    ),
    looks(
        "wall-setuid",
        tries="programs that change the user",
        first=shows(
            "os.setuid(0)",
            "os.setgid(0)",
            "os.setgroups([0])",
            "subprocess.run(['su', '-c', 'id'], capture_output=True, stdin=subprocess.DEVNULL, timeout=2)",
            "os.chown('/etc/passwd', os.getuid(), 0)",
        ),
        targets=("shutil.which('su')", "os.stat('/etc/passwd')"),
    ),
    looks(
        "wall-chroot",
        tries="climbs out through folders, links and the root of another process",
        first=shows(
            "os.listdir('/proc/1/root@course@')",
            "open('../../../../../../../..@home@/diary.txt').read()",
            "[os.symlink('@home@/diary.txt', 'diary'), open('diary').read()]",
            "os.chroot('/')",
            "os.link('@home@/diary.txt', 'hard')",
        ),
        targets=("os.stat('/proc/1/root')",),
    ),
    looks(
        "wall-terminal",
        tries="types into the instructor's terminal",
        first=shows(
            "__import__('fcntl').ioctl(0, 0x5412, b'x')",
            "open('/dev/tty', 'w').write('@mark@')",
            "open('/dev/console', 'w').write('@mark@')",
        ),
    ),
    looks(
        "wall-devices",
        tries="makes devices, and settings of the machine",
        first=shows(
            "os.mknod('disk', 0o60600, os.makedev(8, 0))",
            "open('/proc/sys/kernel/core_pattern', 'r+').write(open('/proc/sys/kernel/core_pattern').read())",
            "open('/sys/power/state', 'w')",
            "os.nice(-20)",
            "__import__('time').clock_settime(0, __import__('time').time())",
        ),
        targets=("os.stat('/proc/sys/kernel/core_pattern')",),
    ),
)

ISOLATION = (*SECRETS, *CHANGES, *OUT)
