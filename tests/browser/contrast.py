"""How well text stands out from what is behind it, as WCAG 2.2 measures it (section 1.4.3)."""

from playwright.sync_api import Locator

ENOUGH = 4.5
"""Contrast that WCAG asks of text of ordinary size."""

_SCRIPT = """
root => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const channels = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [[r, g, b], a / 255];
  };
  const over = (top, alpha, below) => below.map((value, i) => alpha * top[i] + (1 - alpha) * value);
  const luminance = rgb => {
    const [r, g, b] = rgb.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = element => {
    const ancestors = [];
    for (let at = element; at; at = at.parentElement) ancestors.unshift(at);
    let below = [255, 255, 255], opacity = 1;
    for (const style of ancestors.map(a => getComputedStyle(a))) {
      opacity *= style.opacity;
      const [colour, alpha] = channels(style.backgroundColor);
      below = over(colour, alpha * opacity, below);
    }
    const [colour, alpha] = channels(getComputedStyle(element).color);
    const [dark, light] = [luminance(over(colour, alpha * opacity, below)), luminance(below)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const found = {};
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (text && element.checkVisibility()) found[text] = contrast(element);
  }
  return found;
}
"""


def contrasts(element: Locator) -> dict[str, float]:
    """Measure each piece of text in an element: 1 cannot be seen, 21 is black on white."""
    return element.evaluate(_SCRIPT)
