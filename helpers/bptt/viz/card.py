"""`Card`: the Figure that every public function returns; it displays itself in a notebook."""

import html
import io
from base64 import b64encode

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from bptt.viz import style

SCALE = 2
"""Pixels of the displayed picture per CSS pixel: sharp on screens of high resolution too."""


class Card(Figure):
    """A Figure with an opaque background, readable in light and dark themes, with a caption and a text alternative.

    Parameters
    ----------
    height : float
        Height in points.
    title : str
        Heading inside the figure.
    caption : str
        One sentence, always visible below the figure.
    description : str
        What the figure shows, in words and numbers, for readers who cannot see it.
    width : float
        Width in points; that of every figure is ``style.WIDTH``.

    Attributes
    ----------
    page : Axes
        Axes over the whole card, in points from its top left corner: x to the right, y down.
    caption, description : str
    """

    def __init__(
        self, height: float, *, title: str, caption: str, description: str, width: float = style.WIDTH
    ) -> None:
        super().__init__(figsize=(width / 72, height / 72), dpi=style.DPI)
        FigureCanvasAgg(self)
        self.height = height
        self.caption = caption
        self.description = description
        self.page: Axes = self.add_axes((0, 0, 1, 1), label="page")
        self.page.set_axis_off()
        self.page.set_xlim(0, width)
        self.page.set_ylim(height, 0)
        self.page.add_patch(
            FancyBboxPatch(
                (0.5, 0.5),
                width - 1,
                height - 1,
                boxstyle="round,pad=0,rounding_size=8",
                facecolor=style.PAPER,
                edgecolor=style.HAIRLINE,
                zorder=0,
            )
        )
        self.page.text(style.MARGIN, 27, title, size=style.TITLE, weight="bold", va="baseline")

    def plot_axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Add axes for curves; the box of their data area is in points, as on ``page``."""
        return self.add_axes(
            (
                left / style.WIDTH,
                1 - (top + height) / self.height,
                width / style.WIDTH,
                height / self.height,
            )
        )

    @style.styled
    def png(self, scale: float = 1) -> bytes:
        """Render the figure as a PNG file.

        Parameters
        ----------
        scale : float
            Pixels per CSS pixel: 1 for an ordinary screen, 2 for one of twice its resolution.

        Returns
        -------
        bytes
            The PNG file.
        """
        file = io.BytesIO()
        self.savefig(file, format="png", dpi=style.DPI * scale, pil_kwargs={"compress_level": 3})
        return file.getvalue()

    def _ipython_display_(self) -> None:
        """Display the figure and, below it, its caption, which opens into the description.

        IPython can display a Figure only after pyplot is set up.
        """
        from IPython.display import display  # noqa: PLC0415 - only a notebook needs IPython

        width = round(style.WIDTH / 72 * style.DPI)
        image = picture(self.png(SCALE), width, self.description)
        display({"text/html": image, "text/plain": self.caption}, raw=True)
        words = (
            f"<details><summary>{html.escape(self.caption)}</summary><p>{html.escape(self.description)}</p></details>"
        )
        display({"text/html": words, "text/plain": self.description}, raw=True)


def picture(png: bytes, width: int, description: str) -> str:
    """Return a picture as HTML, with a text in its place for readers who cannot see it.

    Neither JupyterLab nor nbconvert gives an output of the type ``image/png`` any ``alt`` text.

    Parameters
    ----------
    png : bytes
        The PNG file.
    width : int
        In CSS pixels.
    description : str
        What it shows, in words and numbers.
    """
    source, alt = b64encode(png).decode("ascii"), html.escape(description.replace("`", ""))
    look = f'width="{width}" style="max-width: 100%; height: auto"'
    return f'<img src="data:image/png;base64,{source}" {look} alt="{alt}">'
