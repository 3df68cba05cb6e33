"""A picture that the browser draws, on a page or in a notebook, moved with mouse and keys."""

from playwright.sync_api import Locator, Page, expect


class Drawn:
    """One `BrowserFigure` on a page.

    Parameters
    ----------
    page : Page
    within : Locator, optional
        Where it is, if there are others on the page.
    """

    def __init__(self, page: Page, within: Locator | None = None) -> None:
        self.page = page
        self.host = (within or page).locator("[data-bptt]")

    @property
    def picture(self) -> Locator:
        """The picture itself."""
        return self.host.locator("svg")

    @property
    def words(self) -> str:
        """What it says that it shows."""
        return self.host.get_by_role("status").text_content() or ""

    def texts(self) -> list[str]:
        """Return all that is written in the picture, from the ground up."""
        return self.picture.locator("text").all_text_contents()

    def told(self, words: str) -> str:
        """See words below the picture; return all that stand there."""
        expect(self.host.get_by_role("status")).to_contain_text(words)
        return self.words

    def slide(self, label: str, key: str, times: int = 1) -> None:
        """Move a slider with the keyboard."""
        self.host.get_by_label(label, exact=True).focus()
        for _ in range(times):
            self.page.keyboard.press(key)

    def press(self, name: str) -> None:
        """Press a button."""
        self.host.get_by_role("button", name=name).click()

    def switch(self, label: str) -> None:
        """Turn a switch."""
        self.host.get_by_role("checkbox", name=label).click()
