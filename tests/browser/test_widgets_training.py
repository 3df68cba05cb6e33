"""The training panel in JupyterLab: it moves while a cell runs, neither flickers nor jumps, and stays as it was."""

import re
import time

import nbformat
import pytest
from contrast import ENOUGH, contrasts
from learner import TIMEOUT, WAITING
from moved import Moved
from playwright.sync_api import expect

from bptt.widgets.training.scene import LOOKS

START = """\
import time
import numpy as np
from bptt import widgets

def train(panel, steps, halved_after, names="Wax Waa ba", **run):
    for step in range(steps):
        time.sleep(0.02)
        loss = 0.5 ** (step / halved_after)
        gradients = {"d" + name: loss * np.eye(5)[:1] for name in names.split()}
        panel.step(loss, gradients, **run)"""
ONE = """\
with widgets.training_panel(steps=700, title="Adding problem, T = 50") as panel:
    train(panel, 700, 140)"""
THREE = """\
names = ["RNN", "clipped", "LSTM"]
with widgets.training_panel(steps=40, title="Adding problem, T = 50", runs=names) as panel:
    for name in names:
        train(panel, 40, 50, "Wf bf Wi bi Wc bc Wo bo Wy by", run=name)"""
TWO = """\
with widgets.training_panel(steps=200, title="Adding problem, T = 50", runs=["RNN", "LSTM"]) as panel:
    train(panel, 200, 1e9, run="RNN")
    train(panel, 200, 50, "Wf bf Wi bi Wc bc Wo bo Wy by", run="LSTM")"""


class Training(Moved):
    """A cell that trains, looked at while it runs."""

    def __init__(self, learner, name, *cells):
        self.learner, self.page = learner, learner.page
        learner.make(name, *cells)
        learner.open(name)
        self.cell = learner.code_cells[-1]
        learner.run_above(self.cell)
        learner.cell(self.cell).locator(".jp-InputPrompt").click()
        self.page.keyboard.press("ControlOrMeta+Enter")
        expect(self.picture).to_be_visible()

    @property
    def runs(self):
        return self.learner.prompt(self.cell) == WAITING

    def wait(self):
        expect(self.learner.cell(self.cell).locator(".jp-InputPrompt")).not_to_have_text(WAITING, timeout=2 * TIMEOUT)

    def frames(self):
        """Return the addresses of the pictures that are shown until the training ends."""
        seen = set()
        while self.runs:
            seen.add(self.picture.get_attribute("src"))
            self.page.wait_for_timeout(50)
        return seen


@pytest.fixture
def still():
    """Read what a saved notebook says in place of the picture."""

    def read(learner):
        learner.save()
        still, *_ = nbformat.read(learner.file, as_version=4).cells[-1].outputs
        (said,) = re.findall('alt="([^"]*)"', still.data["text/html"])
        assert f"<p>{said}</p>" in still.data["text/html"]
        return said

    return read


def test_one_run(learner, still):
    training = Training(learner, "training", START, ONE)
    learner.look("start", training.cell)
    height = training.height
    training.watch()
    start = time.monotonic()
    frames = training.frames()
    assert 3 <= len(frames) <= 2 + (time.monotonic() - start) / 0.25
    assert not training.jumps()
    words = training.told("Step 700 of 700, done in")
    assert "Loss 0.0314, 1 at the start. The largest gradient is dWax, of norm 0.0314." in words
    assert training.height == height
    learner.look("end", training.cell)
    assert still(learner) == words
    found = contrasts(training.output.locator(".bptt-live"))
    assert not {text: contrast for text, contrast in found.items() if contrast < ENOUGH}


def test_two_runs(learner):
    training = Training(learner, "two runs", START, TWO)
    height = training.height
    training.wait()
    assert "RNN: step 200 of 200" in training.words
    assert "LSTM: step 200 of 200" in training.words
    assert "Loss 1, 1 at the start" in training.words
    assert "Loss 0.0634, 1 at the start" in training.words
    assert training.pixels(LOOKS[1]["color"]) > 1000
    assert training.height == height
    learner.look("end", training.cell)
    learner.go_dark()
    learner.look("dark", training.cell)


def test_three_runs_on_a_small_laptop(learner, still):
    training = Training(learner, "three runs", START, THREE)
    training.wait()
    training.assert_fits_small_laptop()
    learner.look("end", training.cell)
    training.assert_dark()
    assert still(learner) == training.words


def test_interrupt(learner, still):
    training = Training(learner, "interrupt", START, ONE)
    learner._choose("Kernel", "Interrupt Kernel")
    training.wait()
    words = training.told("of 700, stopped after")
    assert learner.output(training.cell).last.inner_text().strip().endswith("KeyboardInterrupt:")
    assert still(learner) == words
    learner.look("end", training.cell)
