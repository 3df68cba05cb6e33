"""PNG files of frames: the right pixels, whatever was drawn before, and little work for what did not change."""

import io
import time

import numpy as np
import pytest
from PIL import Image

from bptt.widgets import png
from bptt.widgets.png import Encoder

ROWS, COLUMNS = 100, 70
RNG = np.random.default_rng(0)


def noise():
    return RNG.integers(256, size=(ROWS, COLUMNS, 4), dtype=np.uint8)


def decoded(file):
    return np.asarray(Image.open(io.BytesIO(file)))


def test_pixels_survive():
    """Opacity too; more than one band of rows, the last one shorter."""
    pixels = noise()
    np.testing.assert_array_equal(decoded(Encoder(ROWS, COLUMNS).encode(pixels)), pixels)


@pytest.mark.parametrize("row", [0, 31, 32, 99])
def test_one_changed_pixel_is_seen(row):
    """Wherever it is, and also when it changes back."""
    encoder, before = Encoder(ROWS, COLUMNS), noise()
    after = before.copy()
    after[row, -1, 2] ^= 1
    for pixels in (before, after, before):
        np.testing.assert_array_equal(decoded(encoder.encode(pixels)), pixels)


def test_an_interrupt_in_the_middle_leaves_the_next_picture_whole(monkeypatch):
    encoder, before, after = Encoder(ROWS, COLUMNS), noise(), noise()
    encoder.encode(before)
    with monkeypatch.context() as patched:
        patched.setattr(png, "_deflate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            encoder.encode(after)
    np.testing.assert_array_equal(decoded(encoder.encode(after)), after)


def interrupted(band):
    raise KeyboardInterrupt


def test_what_did_not_change_costs_little():
    encoder, pixels = Encoder(1000, 1000), RNG.integers(256, size=(1000, 1000, 4), dtype=np.uint8)
    times = []
    for _ in range(4):
        start = time.perf_counter()
        encoder.encode(pixels)
        times.append(time.perf_counter() - start)
    assert min(times[1:]) < times[0] / 3
