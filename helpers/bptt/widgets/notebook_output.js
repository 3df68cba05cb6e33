// Beside each widget in a notebook: shows either it or its still picture, keeps its keys from the notebook's shortcuts,
// and makes its picture dark where the page is. The two have one name, so it knows no front end, and no order of outputs.
/** Paper becomes nearly black and ink nearly white; hues stay. */
const DARK = "invert(0.93) hue-rotate(180deg) brightness(1.15)";
/** What ipywidgets writes where a widget is to be, under every front end. */
const MESSAGE = /^(Loading|Error displaying) widget/;

/**
 * Tell whether an element shows nothing.
 * @param {Element} element
 */
function isEmpty(element) {
  const seen = "img, svg, canvas, iframe, input";
  return element.matches("script, style")
    || !(element.textContent.trim() || element.matches(seen) || element.querySelector(seen));
}

/**
 * Return the largest element below a root that shows a part of the page and nothing else: its output.
 * @param {HTMLElement} part
 * @param {HTMLElement | null} root
 * @returns {HTMLElement}
 */
function outputOf(part, root) {
  let at = part;
  for (let all = at.parentElement; all && all !== root; all = at.parentElement) {
    if (![...all.children].every((child) => child === at || isEmpty(child))) break;
    at = all;
  }
  return at;
}

/**
 * Hide one of the elements from a part of the page up to a root, and show again what was hidden here.
 * @param {HTMLElement} part
 * @param {HTMLElement | null} root
 * @param {HTMLElement | false} hidden
 */
function hideOne(part, root, hidden) {
  for (let at = part; at && at !== root; at = at.parentElement) {
    if (at !== hidden && !("bpttHidden" in at.dataset)) continue;
    at.style.display = at === hidden ? "none" : "";
    if (at === hidden) at.dataset.bpttHidden = "";
    else delete at.dataset.bpttHidden;
  }
}

/**
 * Look after one still picture and its widget, as long as they are in the notebook.
 * @param {HTMLElement} still
 */
function lookAfter(still) {
  still.dataset.started = "";
  const name = still.dataset.bpttOf;
  const [views, live] = [`.${name}`, `.${name}:not(.jupyter-widgets-disconnected)`];

  /** Return the smallest element that holds both; null while there is none. @returns {HTMLElement | null} */
  const findBoth = () => {
    for (let at = still.parentElement; at; at = at.parentElement) {
      // The same widget may be shown in another cell as well.
      if (at.querySelectorAll(`[data-bptt-of="${name}"]`).length > 1) return null;
      if (at.querySelector(views)) return at;
    }
    return null;
  };
  /** @returns {HTMLElement | null | undefined} */
  const findLive = () => findBoth()?.querySelector(live);

  /** @type {HTMLElement | null} */
  let watched = null;
  /** Watch both, or else the page, where the widget may still come. @param {HTMLElement | null} both */
  const watch = (both) => {
    // Only what is in the document may be held by it: a notebook that is closed is to be forgotten.
    page.disconnect();
    if (still.isConnected)
      for (const element of [document.body, document.documentElement]) page.observe(element, { attributes: true });
    const target = both ?? (still.isConnected ? document.body : null);
    if (target === watched) return;
    inside.disconnect();
    size.disconnect();
    watched?.removeEventListener("focusin", listen);
    watched = target;
    size.observe(both ?? still);
    target?.addEventListener("focusin", listen);
    target && inside.observe(target, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  };

  const update = () => {
    const both = findBoth();
    watch(both);
    const shown = findLive();
    hideOne(still, both, Boolean(shown) && outputOf(still, both));
    const widget = shown ?? both?.querySelector(views);
    if (widget) hideOne(widget, both, !shown && outputOf(widget, both));
    else {
      const below = outputOf(still, null).nextElementSibling;
      if (below && MESSAGE.test(below.textContent.trim())) hideOne(below, below.parentElement, below);
    }
    const filter = onDarkPage(shown ?? still) ? DARK : "";
    for (const img of (shown ?? still).querySelectorAll("img")) img.style.filter = filter;
  };

  /** @param {KeyboardEvent} event */
  const keep = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!findLive()?.contains(target)) return removeEventListener("keydown", keep, true);
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

  // Front ends mark body or html when the theme changes.
  const page = new MutationObserver(update);
  const inside = new MutationObserver(update);
  // When it is in the document again, or on a tab that is shown again.
  const size = new ResizeObserver(update);
  update();
}

for (const still of document.querySelectorAll("[data-bptt-of]:not([data-started])"))
  lookAfter(/** @type {HTMLElement} */ (still));
