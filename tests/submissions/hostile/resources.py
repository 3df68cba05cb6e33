"""Resources: time, memory, processes, disk and output without end, each bounded here in case nothing else bounds it."""

from functools import partial

from submissions.hostile.attack import EVERYTHING, NOTHING, Attack, ends_with

TIME = "timed out"
spends = partial(Attack, family="resources")
NOT_DZ = tuple(test for test in EVERYTHING if test != "check-dz")


FRAMES = "send = get_ipython().kernel.channel.send\n"


def dz(code):
    """Let the first function do something when it is called; the others are right."""
    return {"rnn_cell_dz": f"{code}\nreturn da_next * (1 - cache.a_next**2)"}


CLOCK = (
    spends("load-loop", tries="an endless loop", first="while True:\n    pass", status=TIME),
    spends(
        "load-sleep",
        tries="sleeps past the interrupt",
        fair=NOTHING,
        status=TIME,
        first="import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(60)",
    ),
    spends(
        "load-swallow",
        tries="swallows the interrupt",
        fair=NOTHING,
        status=TIME,
        first="import time\nend = time.time() + 60\nwhile time.time() < end:\n    try:\n        time.sleep(1)\n"
        "    except BaseException:\n        pass",
    ),
    spends(
        "load-c",
        tries="computes in C, where no interrupt arrives",
        fair=NOTHING,
        status=TIME,
        first="import itertools\nsum(itertools.repeat(1, 2 * 10**10))",
    ),
    spends(
        "load-asked",
        tries="a function that never returns",
        writes=dz("while True:\n    pass"),
        fair=NOT_DZ,
        status=("graded", TIME),
    ),
    spends(
        "load-stop",
        tries="stops itself",
        first="import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    ),
    spends(
        "load-threads-stay",
        tries="threads that stay",
        first="import threading, time\nfor _ in range(20):\n"
        "    threading.Thread(target=time.sleep, args=(60,)).start()",
    ),
    spends(
        "load-input",
        tries="input(), which nobody answers",
        first="try:\n    input('name? ')\nexcept Exception as error:\n    print(type(error))",
    ),
    spends(
        "load-getpass",
        tries="getpass and a debugger",
        first="import getpass, pdb\nfor ask in (getpass.getpass, pdb.set_trace, breakpoint):\n    try:\n        ask()\n"
        "    except BaseException as error:\n        print(type(error))",
    ),
    spends(
        "load-children",
        tries="children that go on computing in the background",
        first="import subprocess, sys\nfor _ in range(2):\n    subprocess.Popen([sys.executable, '-c', "
        "'import time\\nend = time.time() + 20\\nwhile time.time() < end: pass', '@sleep@'], start_new_session=True)",
    ),
    spends(
        "load-daemon",
        tries="a process that leaves its session and waits",
        first="import subprocess\nsubprocess.Popen(['sh', '-c', 'setsid sleep @sleep@ & setsid sleep @sleep@ &'])",
    ),
)

SPACE = (
    spends(
        "load-memory",
        tries="a gigabyte and a half, at once",
        first="import numpy\ntry:\n    kept = numpy.ones(190_000_000)\nexcept MemoryError:\n    print('none')",
        status=("graded", "out of memory"),
        fair=EVERYTHING,
    ),
    spends(
        "load-memory-slow",
        tries="memory, bit by bit, by several processes",
        fair=NOTHING,
        status="out of memory",
        first="import os, time\nfor _ in range(4):\n    if not os.fork():\n        kept = b'x' * 100_000_000\n"
        "        time.sleep(20)\n        os._exit(0)\ntime.sleep(8)",
    ),
    spends(
        "load-forks",
        tries="a fork bomb, of 300",
        first="import os, time\nmade = 0\ntry:\n    for _ in range(300):\n        if not os.fork():\n"
        "            time.sleep(20)\n            os._exit(0)\n        made += 1\n"
        "except OSError as error:\n    print(type(error), made)",
    ),
    spends(
        "load-threads",
        tries="a thousand threads",
        first="import threading, time\ntry:\n    for _ in range(1000):\n"
        "        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "except RuntimeError as error:\n    print(error)",
        status=("graded", "crashed"),
        fair=EVERYTHING,
    ),
    spends(
        "load-disk",
        tries="fills the disk, with 400 MB",
        first="for place in ('.', '/tmp', '/dev/shm'):\n    try:\n        for number in range(20):\n"
        "            with open(f'{place}/@mark@-{number}', 'wb') as file:\n"
        "                file.write(bytes(4_000_000))\n"
        "    except OSError as error:\n        print(error)",
    ),
    spends(
        "load-inodes",
        tries="fifty thousand empty files",
        first="import os\ntry:\n    os.mkdir('many')\n    for number in range(50_000):\n"
        "        os.close(os.open(f'many/{number}', os.O_CREAT))\nexcept OSError as error:\n    print(error)",
    ),
    spends(
        "load-sparse",
        tries="a file of a terabyte with nothing in it",
        first="try:\n    open('big', 'wb').truncate(10**12)\nexcept OSError as error:\n    print(error)",
    ),
    spends(
        "load-handles",
        tries="opens files until none is left",
        first="kept = []\ntry:\n    while len(kept) < 5000:\n        kept.append(open('/dev/null'))\n"
        "except OSError as error:\n    print(error)\nkept.clear()",
    ),
)

OUTPUT = (
    spends(
        "load-print",
        tries="prints for ever",
        fair=NOTHING,
        status="crashed",
        first="import time\nend = time.time() + 15\nwhile time.time() < end:\n    print('x' * 100_000, flush=True)",
    ),
    spends(
        "load-line",
        tries="one line of 30 MB",
        first="print('y' * 30_000_000)",
    ),
    spends(
        "load-displays",
        tries="two thousand small outputs",
        first="from IPython.display import display\nfor number in range(2_000):\n    display(number)",
    ),
    spends("load-error", tries="an error with a message of 3 MB", first="raise ValueError('z' * 3_000_000)"),
    spends(
        "load-descriptor",
        tries="writes to the standard output behind Python's back",
        first="import os\nfor _ in range(200):\n    os.write(1, b'w' * 100_000)",
    ),
    spends(
        "load-clear",
        tries="clears its output for ever",
        first="from IPython.display import clear_output\nfor number in range(500):\n    clear_output(wait=True)\n"
        "    print(number)",
    ),
    spends("load-asked-print", tries="a function that prints without end", writes=dz("print('v' * 3_000_000)")),
    spends(
        "load-asked-array",
        tries="a function that returns 200 MB",
        writes={"rnn_cell_dz": "return np.zeros((5000, 5000))"},
        fair=NOT_DZ,
        status=("graded", "out of memory"),
    ),
    spends(
        "load-asked-nested",
        tries="a function that returns lists in lists without end",
        writes={"rnn_cell_dz": "endless = []\nendless.append(endless)\nreturn endless"},
        fair=NOT_DZ,
    ),
    spends(
        "load-asked-many",
        tries="a function that returns a million keys",
        writes={"rnn_cell_inputs_backward": "return dict.fromkeys(range(1_000_000))"},
        fair=tuple(t for t in EVERYTHING if t not in ("check-dxt", "check-da_prev")),
    ),
)

ENDS = (
    spends("load-exit", tries="ends Python", first="import os\nos._exit(0)", fair=NOTHING, status="crashed"),
    spends(
        "load-sys-exit",
        tries="exit(), quit() and sys.exit()",
        first="import sys\ntry:\n    sys.exit()\nexcept SystemExit:\n    pass",
    ),
    spends(
        "load-segfault",
        tries="reads where nothing is",
        first="import ctypes\nctypes.string_at(0)",
        targets=("ctypes.string_at",),
        fair=NOTHING,
        status="crashed",
    ),
    spends(
        "load-kill",
        tries="kills all that it may",
        first="import os, signal\nos.kill(-1, signal.SIGKILL)",
    ),
    spends(
        "load-asked-exit",
        tries="a function that ends Python",
        writes={"rnn_cell_dz": "import os\nos._exit(0)"},
        fair=NOTHING,
        status="crashed",
    ),
    spends(
        "load-close",
        tries="closes every handle that Python has",
        fair=NOTHING,
        status=("crashed", TIME),
        first="import os\nos.closerange(0, 1000)",
    ),
    spends(
        "load-sockets",
        tries="closes the kernel's own sockets",
        fair=NOTHING,
        status=("crashed", TIME),
        first="get_ipython().kernel.channel._socket.close()",
        targets=("get_ipython().kernel.channel._socket.close",),
    ),
    spends(
        "load-rubbish",
        tries="rubbish in place of messages",
        first=f"{FRAMES}for data in (b'', b'rubbish', b'{{', b'[]', b'[' * 100_000, b'9' * 100_000,\n"
        "             b'[' + b'{},' * 2_000_000):\n"
        "    send(len(data).to_bytes(4, 'big') + data)",
        targets=("get_ipython().kernel.channel.send",),
    ),
    spends(
        "load-half",
        tries="half a message, and all that follow become the rest of it",
        fair=NOTHING,
        status=("crashed", TIME),
        first=f"{FRAMES}send((5_000_000).to_bytes(4, 'big') + b'{{')",
        targets=("get_ipython().kernel.channel.send",),
    ),
    spends(
        "load-announced",
        tries="announces a message of four gigabytes",
        fair=NOTHING,
        status="crashed",
        first=f"{FRAMES}send(b'\\xff' * 4)",
        targets=("get_ipython().kernel.channel.send",),
    ),
    spends(
        "load-empty",
        tries="empty messages for ever",
        fair=NOTHING,
        status="crashed",
        first=f"{FRAMES}import time\nend = time.time() + 15\nwhile time.time() < end:\n    send(bytes(65_536))",
        targets=("get_ipython().kernel.channel.send",),
    ),
    spends(
        "load-questions",
        tries="asks the grader for ever",
        status=TIME,
        first="import time\nask, end = get_ipython().kernel.checks.ask, time.time() + 15\nwhile time.time() < end:\n"
        "    try:\n        ask('nothing', ('x' * 50,))\n    except Exception:\n        pass",
        targets=("get_ipython().kernel.checks.ask",),
    ),
    spends(
        "load-questions-large",
        tries="asks the grader for ever, a megabyte each time, and swallows the interrupt",
        fair=NOTHING,
        status=("crashed", TIME),
        first="import time\nask, end = get_ipython().kernel.checks.ask, time.time() + 15\nwhile time.time() < end:\n"
        "    try:\n        ask('nothing', ['x' * 10_000] * 100)\n    except BaseException:\n        pass",
        targets=("get_ipython().kernel.checks.ask",),
    ),
    spends(
        "load-questions-unread",
        tries="asks the grader and does not wait for the answers",
        first=f'{FRAMES}data = b\'{{"question": 1, "name": "nothing", "arguments": []}}\'\n'
        "for _ in range(10_000):\n    send(len(data).to_bytes(4, 'big') + data)",
        targets=("get_ipython().kernel.channel.send",),
    ),
    spends(
        "load-at-exit",
        tries="goes on when Python ends",
        then=ends_with(
            "import atexit, signal, time\natexit.register(time.sleep, 60)\n"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
        ),
    ),
    spends(
        "load-recursion",
        tries="recursion without end",
        first="def down(depth):\n    return down(depth + 1)\n\n\ntry:\n    down(0)\nexcept RecursionError:\n    pass",
    ),
    spends("load-tokens", tries="code that breaks the compiler", first="(" * 10_000 + ")" * 10_000),
)

RESOURCES = (*CLOCK, *SPACE, *OUTPUT, *ENDS)
