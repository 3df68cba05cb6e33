"""JupyterLab opens at lesson 00, or prints its address where no browser can be opened."""

import pytest


@pytest.fixture
def options(machine):
    """Options that JupyterLab gets."""
    machine.program("jupyter", 'printf "%s\\n" "$@"')

    def run(*arguments, **environment):
        return machine.run("lab.sh", *arguments, **environment).stdout.splitlines()

    return run


def test_it_opens_at_the_first_lesson(options):
    assert options()[0] == "lab"
    assert "--LabApp.default_url=/lab/tree/notebooks/00_computation_graphs/00_computation_graphs.ipynb" in options()


def test_options_are_passed_on(options):
    assert options("--port=9999")[-1] == "--port=9999"


def test_without_a_desktop_the_address_is_printed(options):
    assert "--no-browser" in options()


@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"])
def test_on_a_desktop_a_browser_opens(options, variable):
    assert "--no-browser" not in options(**{variable: "something"})


def test_on_a_mac_a_browser_opens(options, machine):
    machine.program("uname", "echo Darwin")
    assert "--no-browser" not in options()


def test_on_a_remote_machine_the_tunnel_is_told(options):
    assert options(SSH_CONNECTION="here there")[0].endswith("ssh -N -L PORT:localhost:PORT THIS_MACHINE")


def test_root_may_run_it(options, machine):
    assert "--allow-root" not in options()
    machine.program("id", "echo 0")
    assert "--allow-root" in options()
