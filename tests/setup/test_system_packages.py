"""Packages of the operating system: installed where that is possible, else the exact command is told."""

import pytest

INSTALL = "apt-get install -qq --yes --no-install-recommends chromium"


@pytest.fixture
def debian(machine):
    machine.program("apt-get", logs=True)
    return machine


def test_root_installs_with_apt(debian):
    debian.program("id", "echo 0")
    assert debian.run("system_packages.sh", "chromium").returncode == 0
    assert debian.calls() == ["apt-get update -qq", INSTALL]


def test_others_install_through_sudo(debian):
    debian.program("sudo", '[ "$1" = -n ] || "$@"', logs=True)
    assert debian.run("system_packages.sh", "chromium").returncode == 0
    assert [call for call in debian.calls() if call.startswith("apt-get")] == ["apt-get update -qq", INSTALL]
    assert sum(call.startswith("sudo") for call in debian.calls()) == 3


@pytest.mark.parametrize("sudo", [None, "exit 1"], ids=["no sudo", "sudo wants a password"])
def test_those_who_cannot_are_told_what_to_type(debian, sudo):
    if sudo:
        debian.program("sudo", sudo)
    run = debian.run("system_packages.sh", "chromium")
    assert run.returncode == 1
    assert "    apt-get update && apt-get install --yes chromium\n" in run.stderr
    assert debian.calls() == []


@pytest.mark.parametrize("step", ["update", "install"])
def test_a_failure_of_apt_is_a_failure(debian, step):
    debian.program("id", "echo 0")
    debian.program("apt-get", f"[ $1 != {step} ] || exit 100")
    assert debian.run("system_packages.sh", "chromium").returncode == 100


def test_elsewhere_the_system_s_own_command_is_told(machine):
    machine.program("dnf", logs=True)
    run = machine.run("system_packages.sh", "chromium")
    assert run.returncode == 1
    assert "    sudo dnf install chromium\n" in run.stderr
    assert machine.calls() == []


def test_a_system_with_no_known_package_manager_is_told_what_is_missing(machine):
    run = machine.run("system_packages.sh", "chromium")
    assert run.returncode == 1
    assert "Missing: chromium" in run.stderr


@pytest.fixture
def tested(debian):
    """Root's machine with Playwright at work, but no browser yet."""
    debian.program("id", "echo 0")
    (debian.project / ".venv").mkdir()
    (debian.project / ".venv/bin").symlink_to(debian.programs)
    debian.program("playwright")
    return debian


@pytest.mark.parametrize("browser", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_that_is_there_is_used(tested, browser):
    tested.program(browser)
    assert tested.run("browser.sh").returncode == 0
    assert tested.calls() == []


def test_a_missing_browser_is_installed(tested):
    assert tested.run("browser.sh").returncode == 0
    assert tested.calls() == ["apt-get update -qq", INSTALL]


def test_a_missing_library_of_playwright_s_is_installed(tested):
    tested.program("playwright", "exit 127")
    assert tested.run("browser.sh").returncode == 0
    assert tested.calls()[-1] == f"{INSTALL} libatomic1"
    tested.program("chromium")
    assert tested.run("browser.sh").returncode == 0
    assert tested.calls()[-1].endswith("--no-install-recommends libatomic1")
