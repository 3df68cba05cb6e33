"""A picture whose still part is drawn once and whose moving artists are drawn again for every frame."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist

from bptt.viz import style
from bptt.viz.card import Card
from bptt.widgets.png import Encoder, Pixels
from bptt.widgets.text_renderer import CachedTextRenderer

SCALE = 1.5
"""Pixels of a frame per pixel of an ordinary screen: sharp enough on a fine one, and drawn in half the time of 2."""


class Frame(NamedTuple):
    """One state of a scene.

    Attributes
    ----------
    png : bytes
        A PNG file, ``SCALE`` times as wide and as high as it is shown.
    words : str
        What it shows, in words and numbers.
    """

    png: bytes
    words: str


class Layer:
    """Moving artists that come and go together.

    Attributes
    ----------
    artists : list of Artist
    """

    def __init__(self, scene: "Scene") -> None:
        self._scene = scene
        self.artists: list[Artist] = []

    def show(self, visible: bool) -> None:  # noqa: FBT001 - what it is about stands in the name
        """Draw this layer from now on, or leave it out."""
        for artist in self.artists:
            artist.set_visible(visible)

    @contextmanager
    def anew(self) -> Iterator[None]:
        """Put what is added to the card inside this context in the place of what the layer holds."""
        for artist in self.artists:
            artist.remove()
        before = self._scene.artists()
        yield
        known = set(map(id, before))
        new = [artist for artist in self._scene.artists() if id(artist) not in known]
        # New axes draw what they hold.
        self.hold([artist for artist in new if artist is artist.axes or artist.axes not in new])

    def hold(self, artists: Iterable[Artist]) -> None:
        """Let this layer hold artists that stand on the card."""
        self.artists = list(artists)
        for artist in self.artists:
            artist.set_animated(True)


class Scene(ABC):
    """A card that can show many states, one at a time.

    What is added to ``card`` is the still part: it is drawn once. What is added inside of ``with self.moving():`` is
    drawn again for every frame, above all that is still, by its zorder. Subclasses draw the card in ``__init__`` and
    set their moving artists in ``update``.

    Parameters
    ----------
    card : Card
        Its caption says in one sentence what the widget is about.
    """

    def __init__(self, card: Card) -> None:
        self.card = card
        self._layers: list[Layer] = []

    @abstractmethod
    def update(self, *args: Any, **values: Any) -> str:  # noqa: ANN401 - each scene has values of its own
        """Set the moving artists to one state, whatever the state before.

        Parameters
        ----------
        **values
            One for each control, by its name.

        Returns
        -------
        str
            What the picture now shows, in words and numbers, for those who cannot see it: one to three sentences.
        """

    @contextmanager
    def moving(self) -> Iterator[Layer]:
        """Let what is added to the card inside this context move.

        Yields
        ------
        Layer
        """
        layer = Layer(self)
        self._layers.append(layer)
        with layer.anew():
            yield layer

    def move(self, *artists: Artist) -> Layer:
        """Let what stands on the card already move."""
        layer = Layer(self)
        layer.hold(artists)
        self._layers.append(layer)
        return layer

    def artists(self) -> list[Artist]:
        """Return what stands on the card: all axes but the page, and all that was added to any of them."""
        axes = self.card.axes
        return [*(a for a in axes if a is not self.card.page), *(child for a in axes for child in a.get_children())]

    @style.styled
    def frame(self, **values: Any) -> Frame:  # noqa: ANN401 - each scene has values of its own
        """Draw one state.

        Parameters
        ----------
        **values
            One for each control, by its name.

        Returns
        -------
        Frame
        """
        words = self.update(**values)
        return Frame(self._encoder.encode(self._pixels()), words)

    def _pixels(self) -> Pixels:
        renderer = self._renderer
        renderer.restore_region(self._still)  # type: ignore[no-untyped-call]
        moving = (artist for layer in self._layers for artist in layer.artists)
        for artist in sorted(moving, key=Artist.get_zorder):
            artist.draw(renderer)
        return np.asarray(renderer.buffer_rgba())  # type: ignore[no-untyped-call]

    @cached_property
    def _renderer(self) -> CachedTextRenderer:
        self.card.set_dpi(style.DPI * SCALE)
        width, height = (round(side) for side in self.card.bbox.size)
        return CachedTextRenderer(width, height, self.card.get_dpi())  # type: ignore[no-untyped-call]

    @cached_property
    def _still(self) -> Any:  # noqa: ANN401 - Matplotlib's own kind of picture
        self.card.draw(self._renderer)
        return self._renderer.copy_from_bbox(self.card.bbox)

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder(int(self._renderer.height), int(self._renderer.width))
