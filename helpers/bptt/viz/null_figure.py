"""What stands in for every figure while a notebook is graded."""

from collections.abc import Iterator
from typing import Self


class NullFigure:
    """A figure that is not there: it shows nothing, and code that goes on to work with the figure still runs.

    A learner's ``fig = viz.compare(...); fig.axes[0].set_title("mine")`` must not cost marks.
    """

    def _ipython_display_(self) -> None:
        """Show nothing."""

    def __getattr__(self, name: str) -> "NullFigure":
        """Be every attribute, but for the private ones: IPython asks for one that no object should have."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __call__(self, *_args: object, **_kwargs: object) -> "NullFigure":
        """Take every call, and so be every method."""
        return self

    def __enter__(self) -> Self:
        """Be open for as long as a ``with`` lasts, e.g. for a training."""
        return self

    def __exit__(self, *_what: object) -> None:
        """Let every error through."""

    def __getitem__(self, _key: object) -> "NullFigure":
        """Be every entry, e.g. one of the axes."""
        return self

    def __iter__(self) -> Iterator["NullFigure"]:
        """Hold nothing."""
        return iter(())


def draw_nothing(*_args: object, **_kwargs: object) -> NullFigure:
    """Take what any figure takes and draw nothing."""
    return NullFigure()
