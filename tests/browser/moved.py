"""A notebook made for one widget, and what a learner does with the widget in it."""

import io

from learner import Learner
from PIL import Image
from playwright.sync_api import Locator, expect

SMALL_LAPTOP = {"width": 1366, "height": 768}
ROOM = 620
"""Pixels of it in which a widget and its controls are seen together."""

_COUNT = """async ([img, colour]) => {
  await img.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(img, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let i = 0; i < pixels.length; i += 4)
    count += colour.every((value, channel) => Math.abs(pixels[i + channel] - value) < 6);
  return count;
}"""
_WATCH = """img => {
  const see = () => {
    const {left, top, width, height} = img.getBoundingClientRect();
    const place = [img.naturalWidth, left, width, height, top - img.parentElement.getBoundingClientRect().top];
    window.places.add(place.map(Math.round).join(" "));
    requestAnimationFrame(see);
  };
  window.places = new Set();
  see();
}"""


class Moved:
    """A widget in a notebook of its own, moved with mouse and keys.

    Parameters
    ----------
    learner : Learner
    name : str
        Of the notebook, and of the folder of its screenshots.
    *cells : str
        Code; the last cell shows the widget.
    app : str
        Where it is opened: in JupyterLab, or in Notebook (``"notebooks"``).
    """

    def __init__(self, learner: Learner, name: str, *cells: str, app: str = "lab/tree") -> None:
        self.learner = learner
        self.page = learner.page
        learner.make(name, *cells)
        learner.open(name, app)
        self.cell = learner.code_cells[-1]
        learner.run_all()
        expect(self.picture).to_be_visible()

    @property
    def output(self) -> Locator:
        """What the cell of the widget shows, as far as it can be seen."""
        return self.learner.cell(self.cell).locator(".jp-OutputArea-output:visible")

    @property
    def picture(self) -> Locator:
        """The widget's picture."""
        return self.output.locator(".bptt-live img")

    @property
    def words(self) -> str:
        """What the widget says that it shows."""
        return self.output.locator(".bptt-live [role=status]").text_content() or ""

    @property
    def height(self) -> float:
        """Height of all of the widget, on the screen."""
        return self.output.locator(".bptt-live").bounding_box()["height"]

    @property
    def paper(self) -> tuple[int, ...]:
        """Colour of the picture's paper on the screen: red, green and blue."""
        return Image.open(io.BytesIO(self.picture.screenshot())).convert("RGB").getpixel((100, 6))

    def assert_fits_small_laptop(self) -> None:
        """See all of the widget at once on a small laptop, with a picture that is not made smaller for it."""
        self.page.set_viewport_size(SMALL_LAPTOP)
        expect(self.picture).to_be_visible()
        assert self.picture.bounding_box()["width"] > 930
        assert self.height <= ROOM

    def assert_dark(self) -> None:
        """See the picture become dark with the page, and light with it again."""
        assert min(self.paper) > 240
        self.learner.go_dark()
        self.page.wait_for_timeout(300)
        assert max(self.paper) < 40
        self.learner.go_light()
        self.page.wait_for_timeout(300)
        assert min(self.paper) > 240

    def slide(self, label: str, key: str, times: int = 1) -> None:
        """Move a slider with the keyboard."""
        slider = self.output.locator(".widget-hslider").filter(has=self.page.get_by_text(label, exact=True))
        handle = slider.locator(".noUi-handle")
        handle.focus()
        expect(handle).to_be_focused()
        for _ in range(times):
            self.page.keyboard.press(key)

    def press(self, name: str) -> None:
        """Press one of the buttons that have a name."""
        self.output.get_by_role("button", name=name).click()

    def play(self) -> None:
        """Press Play."""
        self.output.locator(".widget-play button").first.click()

    def watch(self) -> None:
        """Look at the picture from now on, every time that the browser draws."""
        self.picture.evaluate(_WATCH)

    def jumps(self) -> list[str]:
        """Return where the picture was besides the place where it was first, and of which size, since ``watch``."""
        first, *others = self.page.evaluate("[...window.places]")
        return [f"{first} -> {other}" for other in others]

    def told(self, words: str) -> str:
        """See words below the picture; return all that stand there."""
        status = self.output.locator(".bptt-live [role=status]")
        expect(status).to_contain_text(words)
        return status.text_content() or ""

    def pixels(self, colour: str) -> int:
        """Count the pixels of the picture that have a colour, such as ``#0072B2``."""
        channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        return self.page.evaluate(_COUNT, [self.picture.element_handle(), channels])
