// Beside each widget in a notebook: shows either it or its still picture, keeps its keys from the notebook's shortcuts,
// and makes its picture dark where the page is. The two share a name, so this knows no front end and no order of outputs.
/** Paper becomes nearly black and ink nearly white; hues stay. */
const DARK = "invert(0.93) hue-rotate(180deg) brightness(1.15)";
const SEEN = "img, svg, canvas, iframe, input";

/** Tell whether an element shows nothing. @param {Element} element */
function isEmpty(element) {
  return !(element.textContent.trim() || element.matches(SEEN) || element.querySelector(SEEN));
}

/**
 * Return the largest element below a root that shows a part of the page and nothing else: its output.
 * @param {HTMLElement} part @param {HTMLElement | null} [root] @returns {HTMLElement}
 */
function outputOf(part, root) {
  const all = part.parentElement;
  const alone = all && all !== root && [...all.children].every((child) => child === part || isEmpty(child));
  return alone ? outputOf(all, root) : part;
}

/**
 * Hide the output of a part of the page, or show it again.
 * @param {HTMLElement} part @param {HTMLElement | null} root @param {boolean} hidden
 */
function setHidden(part, root, hidden) {
  const output = hidden && outputOf(part, root);
  for (let at = part; at && at !== root; at = at.parentElement) {
    // What is hidden so was hidden here.
    if (at === output) at.style.setProperty("display", "none", "important");
    else if (at.style.getPropertyPriority("display")) at.style.display = "";
  }
}

/** Look after one still picture and its widget, as long as they are in the notebook. @param {HTMLElement} still */
function lookAfter(still) {
  still.dataset.started = "";
  const name = still.dataset.bpttOf;
  /** @type {HTMLElement | null} */
  let live = null;
  /** @type {HTMLElement | null} */
  let watched = null;

  /** Return the smallest element that holds both; null while there is none. @returns {HTMLElement | null} */
  const findBoth = () => {
    if (!(/** @type {Element} */ (still.getRootNode()).querySelector(`.${name}`))) return null;
    let at = still.parentElement;
    while (at && !at.querySelector(`.${name}`)) at = at.parentElement;
    return at;
  };

  /** Hide what ipywidgets writes below, in the same words under every front end, where the widget is to be. */
  const hideMessage = () => {
    let at = still;
    while (at && !at.nextElementSibling) at = at.parentElement;
    const below = /** @type {HTMLElement | null | undefined} */ (at?.nextElementSibling);
    if (below?.textContent.trim().match(/^(Loading|Error displaying) widget/)) setHidden(below, at.parentElement, true);
  };

  const update = () => {
    const { body, documentElement } = document;
    const both = findBoth();
    // Without the widget, all of the page: it may come anywhere. Only what is in the document may be held by it: a
    // notebook that is closed is to be forgotten.
    const target = both ?? (still.isConnected ? body : null);
    page.disconnect();
    for (const part of still.isConnected ? [body, documentElement] : []) page.observe(part, { attributes: true });
    if (target !== watched) {
      inside.disconnect();
      size.disconnect();
      size.observe(both ?? still);
      watched?.removeEventListener("focusin", listen);
      target?.addEventListener("focusin", listen);
      target && inside.observe(target, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
      watched = target;
    }
    live = both && both.querySelector(`.${name}:not(.jupyter-widgets-disconnected)`);
    setHidden(still, both, Boolean(live));
    if (both) setHidden(live ?? both.querySelector(`.${name}`), both, !live);
    else hideMessage();
    const filter = onDarkPage(live ?? still) ? DARK : "";
    for (const img of (live ?? still).querySelectorAll("img")) img.style.filter = filter;
  };

  /** @param {KeyboardEvent} event */
  const keep = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!live?.contains(target)) return removeEventListener("keydown", keep, true);
    const { key, shiftKey } = event;
    if (!event.isTrusted || !movesControl(event) || target.isContentEditable) return;
    event.stopPropagation();
    // Shortcuts go by a key's code: a copy without one reaches the widget alone.
    const copy = new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true });
    if (!target.dispatchEvent(copy)) event.preventDefault();
  };
  /** @param {FocusEvent} event */
  const listen = (event) => {
    if (live?.contains(/** @type {Node} */ (event.target))) addEventListener("keydown", keep, true);
  };

  // Front ends mark body or html when the theme changes.
  const page = new MutationObserver(update);
  // A page changes often, and hardly ever is it the widget that comes.
  const same = () => watched === document.body && still.isConnected && !findBoth();
  const inside = new MutationObserver(() => (same() ? hideMessage() : update()));
  // When it is in the document again, or on a tab that is shown again.
  const size = new ResizeObserver(update);
  update();
}

for (const still of document.querySelectorAll("[data-bptt-of]:not([data-started])"))
  lookAfter(/** @type {HTMLElement} */ (still));
