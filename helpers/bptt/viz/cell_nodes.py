"""What the graphs of all cells are made of: nodes, the edges between them, and where they are."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bptt.viz.draw import Box, Point

Edge = tuple[str, str]
"""A node, and one of its inputs."""


@dataclass(frozen=True)
class Node:
    """One node of a cell's graph: its texts, the arrays shown beside them, and its inputs.

    Attributes
    ----------
    forward, backward : str
        Texts: what it does to values, and what it does to gradients.
    values, gradients : tuple of str
        Names of the arrays shown beside each of these texts.
    inputs : tuple of str
        Names of the nodes whose values it takes: those to which it hands a gradient back.
    """

    forward: str
    backward: str
    values: tuple[str, ...]
    gradients: tuple[str, ...]
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Places(ABC):
    """Where everything of a cell's graph is.

    Attributes
    ----------
    height : float
        Lower edge of the graph and its key.
    key : tuple of float
        Top left corner of the key, and how many characters its lines have at most.
    radius : float
        Of a round node.
    dot : float
        Radius of a value that goes to two places.
    glow : float
        How far the highlight of a node reaches beyond it.
    arrays : bool
        Whether there is room for pictures of the arrays.
    shapes : bool
        Whether there is room for their shapes.
    """

    height: float
    key: tuple[float, float, int]
    radius: float
    dot: float
    glow: float
    arrays: bool
    shapes: bool

    @abstractmethod
    def sizes(self) -> dict[str, tuple[Point, float, float]]:
        """Return the centre, width and height of each node."""

    def lit(self, name: str, least: float = 0.0) -> Box:
        """Return the box of a node's highlight, with sides of at least some length."""
        (x, y), *sides = self.sizes()[name]
        width, height = (max(side + 2 * self.glow, least) for side in sides)
        return x - width / 2, y - height / 2, width, height


def edges(nodes: Mapping[str, Node], outside: Mapping[str, tuple[str, ...]]) -> Iterator[Edge]:
    """Return all edges of a graph, with those to what is outside of the cell."""
    for name, inputs in {**{name: node.inputs for name, node in nodes.items()}, **outside}.items():
        yield from ((name, each) for each in inputs)


def roads_to(ends: Iterable[Edge], every: Iterable[Edge]) -> AbstractSet[Edge]:
    """Return all edges on which gradients flow until they have gone over some."""
    every, found, ahead = set(every), set[Edge](), set(ends)
    while ahead:
        found |= ahead
        ahead = {edge for edge in every for node, _ in ahead if edge[1] == node} - found
    return found
