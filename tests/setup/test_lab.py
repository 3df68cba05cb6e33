"""``bptt lab``: JupyterLab opens at lesson 00, or prints its address where no browser can be opened."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from programs import started

from bptt import __main__ as command

ROOT = Path(__file__).parents[2]
FIRST = "notebooks/00_computation_graphs"
DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Go to a course's folder, on Linux without a desktop, not as root."""
    (tmp_path / FIRST).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for variable in (*DESKTOP, "SSH_CONNECTION"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


@pytest.fixture
def options(course, monkeypatch):
    """Return what gives the options that JupyterLab gets."""
    got = []
    for name in ("jupyterlab", "jupyterlab.labapp"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["jupyterlab.labapp"].main = got.append

    def run(*arguments):
        assert command.main(["lab", *arguments]) == 0
        return got.pop()

    return run


def test_it_opens_at_the_first_lesson(options):
    assert "--LabApp.default_url=/lab/tree/notebooks/00_computation_graphs/00_computation_graphs.ipynb" in options()


@pytest.mark.parametrize("inside", ["notebooks", FIRST])
def test_it_opens_the_course_from_inside_its_notebooks(options, course, monkeypatch, inside):
    monkeypatch.chdir(course / inside)
    options()
    assert Path.cwd() == course


def test_options_are_passed_on(options):
    given = ["--port=9999", "--no-browser", "--help-all", "--ServerApp.token", "abc", "--", "notebooks/a.ipynb"]
    assert options(*given)[-len(given) :] == given


def test_an_option_takes_the_place_of_its_own(options):
    assert [option for option in options("--log-level=INFO") if option.startswith("--log-level")] == [
        "--log-level=INFO"
    ]


def test_without_a_desktop_the_address_is_printed(options):
    assert "--no-browser" in options()


@pytest.mark.parametrize("variable", DESKTOP)
def test_on_a_desktop_a_browser_opens(options, monkeypatch, variable):
    monkeypatch.setenv(variable, "something")
    assert "--no-browser" not in options()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_on_a_mac_and_on_windows_a_browser_opens(options, monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    assert "--no-browser" not in options()


def test_on_a_remote_machine_the_tunnel_is_told(options, monkeypatch, capsys):
    monkeypatch.setenv("SSH_CONNECTION", "here there")
    options()
    assert capsys.readouterr().out.endswith("ssh -N -L PORT:localhost:PORT THIS_MACHINE\n")


def test_root_may_run_it(options, monkeypatch):
    assert "--allow-root" not in options()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "--allow-root" in options()
    monkeypatch.delattr(os, "geteuid")
    assert "--allow-root" not in options()


def test_kernels_may_import_what_lies_beside_their_notebook(options, monkeypatch):
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    options()
    assert "PYTHONSAFEPATH" not in os.environ


def test_elsewhere_it_says_where_to_go(options, tmp_path_factory, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert command.main(["lab"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "Go to the course's folder" in err


@pytest.mark.usefixtures("course")
def test_without_jupyterlab_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    monkeypatch.delitem(sys.modules, "jupyterlab.labapp", raising=False)
    assert command.main(["lab"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert 'pip install ".[lab]"' in err


@pytest.mark.usefixtures("course")
def test_a_fault_inside_of_jupyterlab_is_not_taken_for_one_that_is_missing(monkeypatch, tmp_path):
    for name in [name for name in sys.modules if name.partition(".")[0] == "jupyterlab"]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "broken/jupyterlab").mkdir(parents=True)
    (tmp_path / "broken/jupyterlab/__init__.py").write_text("import not_there\n")
    monkeypatch.syspath_prepend(tmp_path / "broken")
    with pytest.raises(ModuleNotFoundError, match="not_there"):
        command.main(["lab"])


def test_ctrl_c_ends_it_and_the_settings_are_in_use(tmp_path):
    """The real one, as ``jupyter lab`` without a terminal: the first Ctrl-C ends it, quietly."""
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    with started(
        [sys.executable, "-m", "bptt", "lab", "--no-browser", "--port=0"],
        cwd=ROOT / "notebooks",
        env=os.environ | own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as lab:
        end = time.monotonic() + 60
        about = None
        while not about and lab.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
            for file in (tmp_path / "RUNTIME").glob("jpserver-*.json"):
                with suppress(json.JSONDecodeError):  # not written to its end yet
                    about = json.loads(file.read_text())
        paths = ("lab", "lab/api/settings/@jupyterlab/apputils-extension:notification")
        page, settings = (
            urllib.request.urlopen(f"{about['url']}{path}?token={about['token']}").read().decode()  # noqa: S310
            for path in paths
        )
        lab.send_signal(signal.SIGINT)
        said, _ = lab.communicate(timeout=30)
    assert about["root_dir"] == str(ROOT)
    assert '"disabledExtensions": ["@jupyter/nbgrader"]' in page
    assert json.loads(settings)["schema"]["properties"]["fetchNews"]["default"] == "false"
    assert lab.returncode == 0, said
    assert "Traceback" not in said


def test_every_installation_has_its_settings(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
    assert {f"bptt/lab_settings/{name}.json" for name in ("overrides", "page_config")} <= set(names)
