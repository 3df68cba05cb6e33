"""Known mistakes in ``sample_name``: drawing one letter after another from what a character model expects."""

from collections.abc import Callable, Mapping

import numpy as np

from bptt.activations import softmax
from bptt.check.exercise import Arguments, Mistake, Predict
from bptt.letter_model import LetterModel
from bptt.types import Array, Rng


def _scaled(z: Array, temperature: float) -> Array:
    return z / temperature


def _draw(rng: Rng, p: Array) -> int:
    return int(rng.choice(len(p), p=p))


def sample(  # noqa: PLR0913 - one for each way to go wrong
    model: LetterModel,
    temperature: float,
    seed: int,
    longest: int,
    *,
    scale: Callable[[Array, float], Array] = _scaled,
    draw: Callable[[Rng, Array], int] = _draw,
    letter_back: bool = True,
    state_back: bool = True,
    ends: bool = True,
    same_draw: bool = False,
    late: int = 0,
) -> Array:
    """Sample a name from a seeded generator, rightly unless one of the options is set.

    Parameters
    ----------
    model : LetterModel
    temperature : float
        Divides the scores.
    seed : int
        Of the generator, which is asked once for each letter, by ``rng.choice``.
    longest : int
        Most letters.
    scale, draw, letter_back, state_back, ends, same_draw, late
        Other ways with the scores and the letter; whether letter and state are handed on, and the mark ends the name;
        whether the generator starts anew for each letter; and by how many places letters are written too late.

    Returns
    -------
    ndarray of int (longest,)
        Letters, and zeros behind the end.
    """
    rng, letters = np.random.default_rng(seed), np.zeros(longest, dtype=np.int64)
    letter, a = 0, model.a0
    for place in range(longest):
        z, a_next = model(letter if letter_back else 0, a)
        a = a_next if state_back else a
        letter = draw(np.random.default_rng(seed) if same_draw else rng, softmax(scale(z, temperature))[:, 0])
        if letter == 0 and ends:
            break
        if place + late < longest:
            letters[place + late] = letter
    return letters


def sample_name(model: LetterModel, temperature: float, seed: int, longest: int) -> Array:
    """Sample a name rightly; see :func:`sample`."""
    return sample(model, temperature, seed, longest)


WAYS: Mapping[str, Callable[[LetterModel, float, int, int], Array]] = {
    "temperature-ignored": lambda *a: sample(*a, scale=lambda z, _: z),
    "multiplied-by-temperature": lambda *a: sample(*a, scale=lambda z, temperature: z * temperature),
    "softmax-twice": lambda *a: sample(*a, scale=lambda z, temperature: softmax(z) / temperature),
    "likeliest-letter": lambda *a: sample(*a, draw=lambda _, p: int(p.argmax())),
    "all-letters-alike": lambda *a: sample(*a, draw=lambda rng, p: int(rng.choice(len(p)))),
    "letter-not-handed-on": lambda *a: sample(*a, letter_back=False),
    "state-not-handed-on": lambda *a: sample(*a, state_back=False),
    "goes-on-after-the-end": lambda *a: sample(*a, ends=False),
    "generator-starts-anew": lambda *a: sample(*a, same_draw=True),
    "one-place-too-late": lambda *a: sample(*a, late=1),
}
"""What each mistake gives, by its id."""


def _predict(way: str) -> Predict:
    def predict(a: Arguments, _: object) -> dict[str, Array]:
        return {"letters": WAYS[way](a["model"], a["temperature"], a["seed"], a["longest"])}

    return predict


_SAID = {
    "temperature-ignored": (
        "The temperature is not used",
        "Divide the scores by it, before softmax. Divided after it, and scaled to add up to 1, they are as before.",
    ),
    "multiplied-by-temperature": (
        "The scores are multiplied by the temperature",
        "At a low temperature likely letters should become likelier still, so the differences of the scores grow.",
    ),
    "softmax-twice": (
        "Softmax is taken of what is a softmax already",
        "The temperature divides the scores z, not the probabilities.",
    ),
    "likeliest-letter": (
        "The likeliest letter is taken, always",
        "Then there is just one name in the network. Draw a letter: rng.choice takes the probabilities as p.",
    ),
    "all-letters-alike": (
        "All letters are equally likely",
        "rng.choice does not know what the network expects unless you hand it over, as p.",
    ),
    "letter-not-handed-on": (
        "The network reads the mark at every step",
        "The letter that was drawn is what the network reads next.",
    ),
    "state-not-handed-on": (
        "Every step starts from the first state",
        "The next step starts from the state that the model returns. Without it the network knows one letter only.",
    ),
    "goes-on-after-the-end": (
        "The name does not end at the mark",
        "When the mark (0) is drawn, the name is over: leave the loop, and let zeros stand behind it.",
    ),
    "generator-starts-anew": (
        "Every letter is drawn with the same random number",
        "A generator that is made inside the loop starts anew each time. Make it once, before the loop.",
    ),
    "one-place-too-late": (
        "The letters stand one place too late",
        "The first letter that is drawn belongs to letters[0]. The mark before the name is read, but not written down.",
    ),
}

SAMPLED = tuple(Mistake(way, *_SAID[way], _predict(way)) for way in WAYS)
