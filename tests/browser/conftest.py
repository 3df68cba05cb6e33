"""One JupyterLab and one browser for all browser tests; each test is a learner with a fresh copy of the lessons."""

import re
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from learner import Learner
from playwright.sync_api import sync_playwright
from server import serving

from bptt_instructor.lessons.regions import hidden_lines
from bptt_instructor.lessons.source import read_lesson

pytest.register_assert_rewrite("seen")

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"

SIZE = {"width": 1366, "height": 900}
# Without these, Chromium calls home.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Start JupyterLab as ``make lab`` does, but with folders and settings of its own."""
    home = tmp_path_factory.mktemp("lab")
    lab = SimpleNamespace(work=home / "work", url="", token="")
    lab.work.mkdir()
    themes = home / "settings/@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    themes.parent.mkdir(parents=True)
    # So that a test chooses the theme by what its browser prefers, for itself alone.
    themes.write_text('{"adaptive-theme": true}')
    command = [
        *(sys.executable, "-m", "bptt", "lab"),
        f"--ServerApp.root_dir={lab.work}",
        # A page then tells whether its kernel is there.
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]
    with serving(home, command, cwd=ROOT) as about:
        lab.url, lab.token = about["url"], about["token"]
        yield lab


@pytest.fixture(scope="session")
def browser():
    """Start one browser for all, with one memory of what it has loaded: that makes the later lessons open sooner."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "no browser is installed: make test sees to it, or run sh helpers/setup/browser.sh"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield chromium.new_context(viewport=SIZE)
        chromium.close()


@pytest.fixture(scope="session")
def laptop(browser):
    """Open the one page in which learners take turns."""
    with browser.new_page() as page:
        yield page


@pytest.fixture
def learner(lab, laptop, request):
    """Seat a learner at a laptop, with the lessons as they are released."""
    folder = lab.work / f"{request.path.stem}-{request.node.name}"
    shutil.copytree(ROOT / "notebooks", folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    laptop.set_viewport_size(SIZE)
    learner = Learner(laptop, f"{lab.url}lab/tree/{folder.name}", lab.token, folder, SCREENSHOTS)
    yield learner
    learner.leave()
    # Kernels stay when pages go, and forty of them take gigabytes.
    sessions, headers = f"{lab.url}api/sessions", {"Authorization": f"token {lab.token}"}
    for session in laptop.request.get(sessions, headers=headers).json():
        if session["path"].startswith(f"{folder.name}/"):
            laptop.request.delete(f"{sessions}/{session['id']}", headers=headers)


@pytest.fixture
def lesson(request):
    """Read what the lesson of a test, its ``LESSON``, is made of: what to write in each exercise, checks, figures."""
    name = request.module.LESSON
    code = [cell for cell in read_lesson(ROOT / f"solutions/{name}.py").notebook.cells if cell.cell_type == "code"]
    solved = [cell for cell in code if "BEGIN SOLUTION" in cell.source]
    return SimpleNamespace(
        name=name,
        solutions={cell.id: "\n".join(line for _, line in hidden_lines(cell.source)) for cell in solved},
        checks=[cell.id for cell in code if cell.metadata.get("nbgrader", {}).get("grade")],
        figures=[cell.id for cell in code if re.search(r"^viz\.", cell.source, re.MULTILINE)],
        widgets=[cell.id for cell in code if re.search(r"^widgets\.", cell.source, re.MULTILINE)],
    )
