"""Control groups for kernels: made where they are delegated, and done without anywhere else."""

import os
import shutil

import pytest

from bptt_instructor.grading.limits import Limits
from bptt_instructor.grading.sandbox.cgroup import LEAF, KernelGroup, delegated_group

LIMITS = Limits(memory_bytes=1000, processes=7)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Make a tree of plain files like that of a delegated scope, as an ordinary user sees it."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    group, proc = tmp_path / "fs/run.scope", tmp_path / "proc"
    group.mkdir(parents=True)
    for name, text in (
        ("cgroup.controllers", "cpu memory pids\n"),
        ("cgroup.procs", "11\n"),
        ("cgroup.subtree_control", ""),
    ):
        (group / name).write_text(text)
    (proc / "self").mkdir(parents=True)
    (proc / "self/cgroup").write_text("1:name=systemd:/other\n0::/user.slice/run.scope\n")
    (proc / "self/mountinfo").write_text(
        "22 1 0:20 / /proc rw - proc proc rw\n"
        f"30 1 0:26 /user.slice {tmp_path}/fs rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
    )
    yield group, proc
    delegated_group.cache_clear()


def test_a_delegated_group_moves_its_processes_aside_and_bounds_its_children(tree):
    group, proc = tree
    assert delegated_group(proc) == group
    assert (group / LEAF / "cgroup.procs").read_text() == "11"
    assert (group / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_a_process_that_has_been_moved_aside_finds_the_same_group(tree):
    group, proc = tree
    (proc / "self/cgroup").write_text(f"0::/user.slice/run.scope/{LEAF}\n")
    assert delegated_group(proc) == group


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("proc/self/cgroup", "4:memory:/user\n"),
        ("proc/self/mountinfo", "22 1 0:20 / /proc rw - proc proc rw\n"),
        ("proc/self/cgroup", "0::/../elsewhere\n"),
        ("fs/run.scope/cgroup.controllers", "cpu pids\n"),
    ],
)
def test_there_is_none_without_version_2_or_without_its_controllers(tree, tmp_path, file, text):
    group, proc = tree
    (tmp_path / file).write_text(text)
    assert delegated_group(proc) is None
    assert not (group / LEAF).exists()


def test_there_is_none_where_the_user_may_not_write_and_for_root_without_delegation(tree, monkeypatch):
    group, proc = tree
    monkeypatch.setattr(os, "access", lambda path, _: path.name != "cgroup.procs")
    assert delegated_group(proc) is None
    delegated_group.cache_clear()
    monkeypatch.undo()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert delegated_group(proc) is None
    assert not (group / LEAF).exists()


def test_a_kernel_has_a_group_with_its_bounds(tree):
    parent, _ = tree
    group = KernelGroup.of(42, LIMITS, parent)
    folder = parent / "bptt-kernel-42"
    bounds = {"memory.max": "2000", "memory.swap.max": "0", "memory.oom.group": "1", "pids.max": "7"}
    assert {path.name: path.read_text() for path in folder.iterdir()} == bounds | {"cgroup.procs": "42"}
    assert (group.cpu_seconds(), group.ran_out_of_memory()) == (0, False)
    (folder / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\n")
    (folder / "memory.events").write_text("max 3\noom_kill 1\n")
    assert (group.cpu_seconds(), group.ran_out_of_memory()) == (2.5, True)
    shutil.rmtree(folder)
    folder.mkdir()
    group.close()
    assert not folder.exists()


def test_a_kernel_does_without_a_group_that_cannot_be_made(tree, tmp_path):
    assert KernelGroup.of(42, LIMITS, None) is None
    assert KernelGroup.of(42, LIMITS, tmp_path / "missing") is None
