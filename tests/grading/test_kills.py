"""Parts of a running grading are killed, and nobody notices; ``python tests/kill_grading.py`` does more of it."""

import signal

import pytest
from kill_grading import CLASS, play, undisturbed


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return undisturbed(tmp_path_factory.mktemp("kills"), CLASS[:4])


@pytest.mark.parametrize(
    ("target", "number"),
    [("kernel", signal.SIGKILL), ("zygote", signal.SIGKILL), ("worker", signal.SIGKILL), ("main", signal.SIGTERM)],
)
def test_what_is_killed_is_done_again_and_nothing_is_left(course, tmp_path, target, number):
    model, expected = course
    hit, codes, wrong = play(target, number, 0.8, model, tmp_path, expected)
    assert hit
    assert wrong == []
    assert codes == ([0] if target != "main" else [128 + number, 0])
