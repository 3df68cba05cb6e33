"""What a character model expects next: true numbers, whatever is typed, and a picture that moves with it."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.text import Text

from bptt import data, inputs, widgets
from bptt.letter_model import LetterModel, trained_letters


@pytest.fixture(scope="module")
def live():
    return widgets.next_letters(trained_letters(), data.dinosaurs().train)


def type_in(live, first, temperature=0.7):
    live.controls["first"].value = first
    live.controls["temperature"].value = temperature
    return live.words


def test_words_name_the_likeliest_letters(live):
    words = type_in(live, "tyrannos", temperature=1.0)
    p = trained_letters().next_letter(data.as_letters(["tyrannos"])[0][0])[-1]
    assert p.argmax() == 1
    assert words.startswith(f'After "tyrannos" the network expects a ({p.max():.0%}), ')


def test_a_low_temperature_makes_it_surer(live):
    shares = []
    for temperature in (2.0, 1.0, 0.5, 0.2):
        words = type_in(live, "tri", temperature)
        shares.append(int(words.split("(")[1].split("%")[0]))
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def test_names_go_on_from_what_was_typed_and_known_ones_are_marked(live):
    words = type_in(live, "velocirapt", temperature=0.2)
    assert "velociraptor (learned by heart)" in words
    invented = words.split("It goes on: ")[1].rstrip(".").split(", ")
    assert len(invented) == 5
    assert all(name.startswith("velocirapt") for name in invented)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("T. Rex!", "so it reads trex. After"),
        ("123", "so it reads none. As its first letter"),
        ("é<b>ab", "so it reads bab. After"),
        ("abcdefghijklmnop", "so it reads abcdefghijkl. After"),
    ],
)
def test_what_it_cannot_read_is_left_out_and_said(live, typed, says):
    assert says in type_in(live, typed)


def test_each_control_changes_the_picture(live):
    type_in(live, "tri")
    pictures = {live.frame.png}
    for first, temperature in (("trix", 0.7), ("", 0.7), ("tri", 1.5)):
        type_in(live, first, temperature)
        pictures.add(live.frame.png)
    assert len(pictures) == 4


@pytest.mark.parametrize("first", ["", "t", "abcdefghijkl"])
@pytest.mark.parametrize("temperature", [0.2, 2.0])
def test_texts_stay_apart(live, first, temperature):
    type_in(live, first, temperature)
    card = live.scene.card
    card.draw_without_rendering()
    boxes = [text.get_window_extent() for text in card.findobj(Text) if text.get_text().strip()]
    # Rows of letters stand close, with room for descenders; what matters is that no letter is covered.
    boxes = [box.from_extents(box.x0, box.y0 + box.height / 4, box.x1, box.y1 - box.height / 4) for box in boxes]
    assert len(boxes) > 60
    assert not any(box.overlaps(other) for box, other in combinations(boxes, 2))
    assert all(0 < box.x0 < box.x1 < card.bbox.x1 for box in boxes)


def test_another_alphabet_is_refused():
    parameters = inputs.rnn_parameters(np.random.default_rng(1), 5, 3, 5)
    with pytest.raises(ValueError, match="27 letters"):
        widgets.next_letters(LetterModel(**parameters))
