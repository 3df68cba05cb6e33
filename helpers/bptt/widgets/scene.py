"""`Scene`: a card whose background is drawn once and whose moving artists are redrawn for every frame."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg

from bptt.viz import style
from bptt.viz.card import Card
from bptt.widgets.png import Encoder, Pixels

SCALE = 1.5
"""Pixels of a frame per CSS pixel: sharp enough on screens of high resolution, and drawn in half the time of 2."""


class Frame(NamedTuple):
    """Picture of one state of a scene.

    Attributes
    ----------
    png : bytes
        A PNG file with ``SCALE`` pixels per CSS pixel.
    words : str
        What it shows, in words and numbers.
    """

    png: bytes
    words: str


class ArtistLayer:
    """Moving artists that are shown and hidden together.

    Attributes
    ----------
    artists : list of Artist
    """

    def __init__(self) -> None:
        self.artists: list[Artist] = []

    def take(self, artists: list[Artist]) -> None:
        """Make artists that are on the card this layer's own."""
        self.artists = artists
        for artist in artists:
            artist.set_animated(True)

    def show(self, visible: bool) -> None:  # noqa: FBT001 - the function's name says what it is
        """Make this layer's artists visible, or hide them."""
        for artist in self.artists:
            artist.set_visible(visible)


class Scene(ABC):
    """A card that can show many states, one at a time.

    What is added to ``card`` is the background: it is drawn once. What is added inside ``with self.moving():`` is drawn
    again for every frame, above the background, in order of zorder. Subclasses draw the card in ``__init__`` and set
    their moving artists in ``update``.

    Parameters
    ----------
    card : Card
        Its caption says in one sentence what the widget is about.
    """

    def __init__(self, card: Card) -> None:
        self.card = card
        self._layers: list[ArtistLayer] = []

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
            What the picture shows now, in words and numbers, for readers who cannot see it: one to three sentences.
        """

    @contextmanager
    def moving(self) -> Iterator[ArtistLayer]:
        """Make a layer of the artists that are added to the card inside this context.

        Yields
        ------
        ArtistLayer
        """
        before = self.artists()
        layer = ArtistLayer()
        self._layers.append(layer)
        yield layer
        known = set(map(id, before))
        new = [artist for artist in self.artists() if id(artist) not in known]
        # New axes draw the artists that they contain.
        layer.take([artist for artist in new if artist is artist.axes or artist.axes not in new])

    def artists(self) -> list[Artist]:
        """Return the artists on the card: all axes but the page, and the children of all axes."""
        axes = self.card.axes
        return [*(a for a in axes if a is not self.card.page), *(child for a in axes for child in a.get_children())]

    @style.styled
    def frame(self, **values: Any) -> Frame:  # noqa: ANN401 - each scene has values of its own
        """Render one state.

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
        renderer.restore_region(self._background)  # type: ignore[no-untyped-call]
        moving = (artist for layer in self._layers for artist in layer.artists)
        for artist in sorted(moving, key=Artist.get_zorder):
            artist.draw(renderer)
        return np.asarray(renderer.buffer_rgba())  # type: ignore[no-untyped-call]

    @cached_property
    def _renderer(self) -> RendererAgg:
        self.card.set_dpi(style.DPI * SCALE)
        width, height = (round(side) for side in self.card.bbox.size)
        return RendererAgg(width, height, self.card.get_dpi())  # type: ignore[no-untyped-call]

    @cached_property
    def _background(self) -> Any:  # noqa: ANN401 - Matplotlib's own kind of picture
        self.card.draw(self._renderer)
        return self._renderer.copy_from_bbox(self.card.bbox)

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder(int(self._renderer.height), int(self._renderer.width))
