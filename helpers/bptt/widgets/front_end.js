// What both kinds of widgets need to know of the page that they are on, whichever front end shows it.

/** Tell whether a page is dark: it writes in a light colour. @param {Element} element @returns {boolean} */
function onDarkPage(element) {
  const { color } = getComputedStyle(element);
  const [red, green, blue] = (color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  const middle = color.startsWith("color(") ? 0.5 : 128;
  return 0.299 * red + 0.587 * green + 0.114 * blue > middle;
}

/**
 * Tell whether a key moves a slider or presses a button: JupyterLab and Notebook take these for their own before a
 * widget hears of them, but for what stops them at the window.
 * @param {KeyboardEvent} event @returns {boolean}
 */
function movesControl({ key, ctrlKey, altKey, metaKey }) {
  return !ctrlKey && !altKey && !metaKey && /^(Arrow(Left|Right|Up|Down)|Home|End|Page(Up|Down)|Enter| )$/.test(key);
}
