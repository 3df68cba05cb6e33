"""For all tests: start without what takes seconds to import; take signals as at a terminal; say how long it took."""

import os
import signal
import time
from collections import Counter

import pytest

import bptt_instructor  # noqa: F401 - before nbformat, so that importing that takes a moment

LIMIT_SECONDS = 960
"""What all tests together should take on two cores; CONTRIBUTING.md says where the time goes."""
_began = pytest.StashKey[float]()


def pytest_runtest_setup():
    """Let commands that a test starts stop as they do at a terminal, wherever the tests run.

    Programs inherit what their parent ignores: a shell's "&" hands on an ignored SIGINT and SIGQUIT, nohup an ignored
    SIGHUP. Before each test, because a library that a test imports may put back what it found.
    """
    for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(ignored) is signal.SIG_IGN:
            signal.signal(ignored, signal.default_int_handler if ignored == signal.SIGINT else signal.SIG_DFL)


def pytest_xdist_auto_num_workers():
    """Run three tests at a time on two processors: now and then one waits, for a page or a limit."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return processors + processors // 2


def pytest_sessionstart(session):
    session.config.stash[_began] = time.monotonic()


def pytest_terminal_summary(terminalreporter, config):
    """Say how long all tests took, against the limit, and where the time went: no failure, as machines differ."""
    option = config.option
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS or option.keyword or option.markexpr:
        return
    seconds = Counter()
    for reports in terminalreporter.stats.values():
        for report in (each for each in reports if hasattr(each, "duration")):
            seconds["/".join(report.nodeid.partition("::")[0].split("/")[:2])] += report.duration
    terminalreporter.section("where the time went")
    for folder, spent in seconds.most_common(12):
        terminalreporter.line(f"{spent:6.0f} s  {folder}")
    terminalreporter.line(told(time.monotonic() - config.stash[_began]))


def told(seconds, limit=LIMIT_SECONDS):
    """Say how a time compares with its limit."""
    minutes, most = (f"{each // 60:.0f}:{each % 60:02.0f}" for each in (int(seconds), limit))
    compared = "within" if seconds <= limit else "MORE than"
    return f"All tests took {minutes} minutes, {compared} the limit of {most}; CONTRIBUTING.md says where it goes."
