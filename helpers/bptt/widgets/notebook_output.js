// Beside each widget in a notebook: shows either it or its still picture, keeps its keys from the notebook's shortcuts,
// and makes its picture dark where the page is. It knows the outputs by their order and no front end by its names.
const LIVE = ".bptt-live:not(.jupyter-widgets-disconnected)";
/** Paper becomes nearly black and ink nearly white; hues stay. */
const DARK = "invert(0.93) hue-rotate(180deg) brightness(1.15)";

/**
 * Return the output that holds these words alone, just below the still picture; null if there is none.
 * @param {Element} words
 * @returns {Element | null}
 */
function outputOf(words) {
  for (let at = words; at?.textContent.trim() === words.textContent.trim(); at = at.parentElement)
    if (at.previousElementSibling?.querySelector("img")) return at;
  return null;
}

/**
 * Look after one still picture, its words and the widget below them, as long as they are in the notebook.
 * @param {HTMLElement} words
 */
function lookAfter(words) {
  words.dataset.started = "";
  const output = outputOf(words);
  const all = output?.parentElement;
  if (!output || !all) return;
  const picture = /** @type {HTMLElement} */ (output.previousElementSibling);

  /** @returns {HTMLElement | null | undefined} */
  const findLive = () => output.nextElementSibling?.querySelector(LIVE);

  const update = () => {
    if (!all.contains(words)) return stop();
    // Only what is in the document may be held by it: a notebook that is closed is to be forgotten.
    if (words.isConnected) page.observe(document.body, { attributes: true });
    else page.disconnect();
    const live = findLive();
    const below = /** @type {HTMLElement | null} */ (output.nextElementSibling);
    for (const part of [picture, output]) part.style.display = live ? "none" : "";
    if (below) below.style.display = live ? "" : "none";
    const filter = onDarkPage(live ?? words) ? DARK : "";
    for (const img of (live ?? picture).querySelectorAll("img")) img.style.filter = filter;
  };

  /** @param {KeyboardEvent} event */
  const keep = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!all.contains(words) || !findLive()?.contains(target)) return removeEventListener("keydown", keep, true);
    const { key, shiftKey } = event;
    if (!event.isTrusted || !movesControl(event) || target.isContentEditable) return;
    event.stopPropagation();
    // Shortcuts go by a key's code: a copy without one reaches the widget alone.
    const copy = new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true });
    if (!target.dispatchEvent(copy)) event.preventDefault();
  };
  /** @param {FocusEvent} event */
  const listen = (event) => {
    if (findLive()?.contains(/** @type {Node} */ (event.target))) addEventListener("keydown", keep, true);
  };

  // Front ends mark the body when the theme changes.
  const page = new MutationObserver(update);
  const inside = new MutationObserver(update);
  // When it is in the document again, or on a tab that is shown again.
  const size = new ResizeObserver(update);
  const stop = () => {
    for (const observer of [page, inside, size]) observer.disconnect();
    all.removeEventListener("focusin", listen);
    removeEventListener("keydown", keep, true);
  };
  inside.observe(all, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  size.observe(all);
  all.addEventListener("focusin", listen);
  update();
}

for (const words of document.querySelectorAll(".bptt-still:not([data-started])"))
  lookAfter(/** @type {HTMLElement} */ (words));
