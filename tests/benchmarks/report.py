"""How long a class report takes, how large it is, and how soon a browser shows it.

.venv/bin/python tests/benchmarks/report.py --students 1000
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import sync_playwright
from submissions.made_up import make_class

TRIES = 3


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=1000)
    students = parser.parse_args().students
    warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder) / "course"
        make_class(course, students)
        page = course / "build/report.html"
        command = [Path(sys.executable).with_name("bptt"), "report", "--course", course]
        seconds = [_timed(command) for _ in range(TRIES)]
        print(f"{students:,} students, 5 lessons")
        print(f"bptt report, start included: {median(seconds):.1f} s")
        print(f"page: {page.stat().st_size / 1e6:.2f} MB")
        print(f"opened in Chromium: {median(_opened(page)):.2f} s")


def _timed(command: list[object]) -> float:
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def _opened(page: Path) -> list[float]:
    """Open the page in a fresh browser, and return the seconds until it was there and laid out."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    seconds = []
    with sync_playwright() as playwright:
        for _ in range(TRIES):
            browser = playwright.chromium.launch(executable_path=program)
            tab = browser.new_page()
            start = time.perf_counter()
            tab.goto(page.as_uri())
            tab.evaluate("document.body.getBoundingClientRect().height")
            tab.screenshot()
            seconds.append(time.perf_counter() - start)
            browser.close()
    return seconds


if __name__ == "__main__":
    main()
