// Draws a BrowserFigure: shapes, sentences and controls come from Python, and nothing here calls a kernel or a network.
// All text goes in through textContent, so that nothing of a learner's can become HTML.

/**
 * @typedef {{by: number[], when?: [number, number, number]}} Rule  What depends on which controls, and when it is seen.
 * @typedef {Rule & {changes: number[][]}} Layer  Indices of shapes that come or go from one state to the next.
 * @typedef {Rule & {texts: string[], which: number[]}} Sentence  Its texts, and which of them belongs to each state. Also a text that stands in others where its name does.
 * @typedef {{width: number, height: number, top: number, most: number, looks: any[][], shapes: any[][],
 *            layers: Layer[]}} Layout  A shape is the number of its look, and what belongs where the look has null.
 * @typedef {{kind: "slider" | "steps" | "switch", label: string, texts: string[], start: number, look: string,
 *            seconds?: number, limit?: [number, number[]]}} Control
 * @typedef {{title: string, lines: number, palette: Record<string, [string, string]>, controls: Control[],
 *            numbers: Record<string, Sentence>, layouts: [Layout, Layout], said: Sentence[]}} Data
 */

const SVG = "http://www.w3.org/2000/svg";
/** Width of a column, in CSS pixels, from which on the first layout is used. */
const WIDE = 720;
const SLOT = /⟦[^⟧]*⟧/g;
const ANCHORS = ["start", "middle", "end"];

const STYLE = `
:host { display: block; }
.card { box-sizing: border-box; padding: 8px 12px; border: 1px solid var(--hairline); border-radius: 10px;
  background: var(--paper); color: var(--ink); font: 13px/1.4 system-ui, "DejaVu Sans", sans-serif; text-align: left; }
.card.narrow { padding: 6px 5px; }
h4 { margin: 0 0 4px; font-size: 15px; font-weight: 600; line-height: 1.3; }
.controls { display: flex; flex-wrap: wrap; gap: 2px 18px; align-items: center; margin-bottom: 4px; }
.control { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 2px 6px; min-height: 28px; max-width: 100%; }
label { cursor: pointer; }
input { margin: 0; accent-color: var(--loss-path); }
input[type="range"] { width: 150px; min-width: 80px; min-height: 24px; flex: 0 1 auto; }
button { font: inherit; color: inherit; background: var(--box); border: 1px solid var(--muted); border-radius: 6px;
  padding: 2px 9px; min-height: 26px; white-space: nowrap; cursor: pointer; }
button:disabled { color: var(--muted); border-color: var(--hairline); cursor: default; }
.readout { min-width: 1.6em; font-variant-numeric: tabular-nums; white-space: nowrap; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
svg { display: block; width: 100%; height: auto; touch-action: pan-y; user-select: none; }
text { white-space: pre; font-family: "DejaVu Sans", Verdana, system-ui, sans-serif; }
text.code, code { font-family: "DejaVu Sans Mono", ui-monospace, Menlo, Consolas, monospace; }
code { font-size: .95em; }
.touch { fill: transparent; cursor: pointer; }
p { margin: 4px 0 0; }
`;

/**
 * Make an element and put it at the end of another one.
 * @param {Element} parent @param {string} name @param {Record<string, any>} [attributes] @param {string} [text]
 * @returns {any}
 */
function add(parent, name, attributes = {}, text) {
  const made = parent instanceof SVGElement || name === "svg"
    ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

/** @param {string} hex @returns {number[]} */
const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** Relative luminance, as WCAG 2.2 defines it. @param {number[]} rgb @returns {number} */
function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Mix a colour into another one. @param {string} below @param {string} colour @param {number} percent */
function mixed(below, colour, percent) {
  const top = channels(colour);
  return channels(below).map((value, i) => Math.round(value + ((top[i] - value) * percent) / 100));
}

/** Write a text in which code stands between backticks. @param {Element} parent @param {string} text */
function write(parent, text) {
  parent.replaceChildren();
  text.split("`").forEach((part, i) => (i % 2 ? add(parent, "code", {}, part) : parent.append(part)));
}

/**
 * Make an SVG group of one shape; `paint` turns the name of a colour into the one of the theme.
 * @param {any[]} shape @param {(role: string) => string} paint
 * @param {[SVGElement, string][]} slots  Takes the texts that change.
 */
function draw([kind, ...shape], paint, slots) {
  const group = document.createElementNS(SVG, "g");
  const fill = (/** @type {string} */ role) => (role ? paint(role) : "none");
  if (kind === "a" || kind === "l") {
    const [flat, role, width, dash, head] = shape;
    const points = [];
    for (let i = 0; i < flat.length; i += 2) points.push([flat[i], flat[i + 1]]);
    const look = { fill: "none", stroke: paint(role), "stroke-width": width };
    if (dash.length) look["stroke-dasharray"] = dash.map((/** @type {number} */ part) => part * width).join(" ");
    if (kind === "l") {
      add(group, "polyline", { points: flat.join(" "), ...look });
      return group;
    }
    const [x, y] = points[points.length - 1], [x0, y0] = points[points.length - 2];
    const long = Math.hypot(x - x0, y - y0) || 1, [ux, uy] = [(x - x0) / long, (y - y0) / long];
    const size = 0.7 * head + 0.8 * width, half = 0.36 * head + 0.4 * width;
    const [bx, by] = [x - size * ux, y - size * uy];
    points[points.length - 1] = [bx, by];
    const [start, ...others] = points.map((point) => point.join(" "));
    add(group, "path", { d: `M${start}${others.length > 1 ? "C" : "L"}${others.join(" ")}`, ...look });
    add(group, "path", { d: `M${x} ${y}L${bx - half * uy} ${by + half * ux}L${bx + half * uy} ${by - half * ux}Z`, fill: paint(role) });
  } else if (kind === "b") {
    const [x, y, width, height, face, edge, line, rx] = shape;
    add(group, "rect", { x, y, width, height, rx, fill: fill(face), stroke: fill(edge), "stroke-width": line });
  } else if (kind === "c") {
    const [cx, cy, r, face, edge, line] = shape;
    add(group, "circle", { cx, cy, r, fill: fill(face), stroke: fill(edge), "stroke-width": line });
  } else if (kind === "t") {
    const [x, y, words, size, role, side, flags] = shape;
    const lines = words.split("\n"), step = 1.3 * size;
    const first = y + 0.36 * size + (flags & 4 ? 0.55 * size : (-step * (lines.length - 1)) / 2);
    const look = { "font-size": size, fill: paint(role), "text-anchor": ANCHORS[side] };
    if (flags & 1) look["font-weight"] = "bold";
    if (flags & 2) look["class"] = "code";
    lines.forEach((/** @type {string} */ line, /** @type {number} */ i) => {
      const text = add(group, "text", { x, y: first + i * step, ...look }, line);
      if (line.match(SLOT)) slots.push([text, line]);
    });
  } else if (kind === "g") {
    grid(group, shape, paint);
  } else {
    const [x, y, width, height] = shape;
    add(group, "rect", { x, y, width, height, class: "touch" });
  }
  return group;
}

/** Draw an array as tinted cells. @param {SVGElement} group @param {any[]} shape @param {(role: string) => string} paint */
function grid(group, [x, y, width, height, cols, role, strengths, texts, size, detailed], paint) {
  const rows = strengths.length / cols, wide = width / cols, tall = height / rows;
  const inks = [paint("ink"), paint("box")];
  for (let i = 0; i < strengths.length; i++) {
    const rgb = mixed(paint("box"), paint(role), strengths[i]);
    const [left, top] = [x + (i % cols) * wide, y + Math.floor(i / cols) * tall];
    const edge = detailed ? { stroke: paint("hairline"), "stroke-width": 0.5 } : {};
    add(group, "rect", { x: left, y: top, width: wide, height: tall, fill: `rgb(${rgb.join(" ")})`, ...edge });
    if (!texts[i]) continue;
    const here = luminance(rgb);
    const contrast = inks.map((ink) => {
      const [dark, light] = [luminance(channels(ink)), here].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    });
    const ink = texts[i] === "×" ? paint("wrong") : inks[Number(contrast[1] > contrast[0])];
    const at = { x: left + wide / 2, y: top + tall / 2 + 0.36 * size };
    add(group, "text", { ...at, "font-size": size, fill: ink, "text-anchor": "middle", class: "code" }, texts[i]);
  }
  add(group, "rect", { x, y, width, height, fill: "none", stroke: paint(role), "stroke-width": 0.9 });
}

/** Start one figure. @param {HTMLElement} host @param {Data} data */
function start(host, data) {
  // What stands in the host for where no script runs is no longer shown.
  const root = host.attachShadow({ mode: "open" });
  add(/** @type {any} */ (root), "style", {}, STYLE);
  const card = add(/** @type {any} */ (root), "div", { class: "card" });
  add(card, "h4", {}, data.title);
  const bar = add(card, "div", { class: "controls", role: "group", "aria-label": "Controls" });
  const svg = add(card, "svg", { role: "img", "aria-label": data.title });
  const told = add(card, "p", { role: "status", "aria-live": "polite", style: `min-height: ${1.4 * data.lines}em` });

  const values = data.controls.map((control) => control.start);
  let dark = false, narrow = 0;
  /** @type {(SVGElement | undefined)[]} */
  let nodes = [];
  /** @type {[SVGElement, string][]} */
  let slots = [];
  const paint = (/** @type {string} */ role) => data.palette[role][Number(dark)];
  const count = (/** @type {number} */ i) => {
    const { limit, texts } = data.controls[i];
    return limit ? limit[1][values[limit[0]]] : texts.length;
  };
  const state = (/** @type {Rule} */ rule) => rule.by.reduce((at, i) => at * data.controls[i].texts.length + values[i], 0);
  const seen = (/** @type {Rule} */ { when }) => !when || (when[1] <= values[when[0]] && values[when[0]] <= when[2]);

  const text = (/** @type {Sentence} */ sentence) => sentence.texts[sentence.which[state(sentence)]];

  const filled = (/** @type {string} */ words) => words.replace(SLOT, (name) => {
    const number = data.numbers[name];
    return number ? text(number) : name;
  });

  const shapes = data.layouts.map((layout) => layout.shapes.map(
    ([look, ...own]) => layout.looks[look].map((part) => (part === null ? own.shift() : part))));

  // The shapes of every state of every layer.
  const shown = data.layouts.map((layout) => layout.layers.map((layer) => {
    const now = new Set();
    return layer.changes.map((changes) => {
      for (const i of changes) if (!now.delete(i)) now.add(i);
      return [...now];
    });
  }));

  const renew = data.controls.map((control, i) => makeControl(control, i));

  /** Set some controls, and show what follows. @param {[number, number | null][]} sets */
  function set(sets) {
    const before = values.join();
    const last = data.controls.map((_, i) => values[i] === count(i) - 1);
    for (const [i, value] of sets) values[i] = value === null ? 1 - values[i] : Math.min(Math.max(value, 0), count(i) - 1);
    data.controls.forEach(({ limit }, i) => {
      // What was finished stays so when there is more or less to do.
      if (limit && sets.some(([j]) => j === limit[0])) values[i] = last[i] && values[i] ? count(i) - 1 : Math.min(values[i], count(i) - 1);
    });
    if (values.join() !== before) show();
  }

  /** @param {Control} control @param {number} i @returns {() => void} */
  function makeControl(control, i) {
    if (control.kind === "switch") {
      const label = add(bar, "label", { class: "control" });
      const box = add(label, "input", { type: "checkbox", style: `accent-color: var(--${control.look})` });
      label.append(control.label);
      box.addEventListener("change", () => set([[i, Number(box.checked)]]));
      return () => { box.checked = Boolean(values[i]); };
    }
    const row = add(bar, "span", { class: "control" });
    const by = (/** @type {number} */ change) => () => { stop(); set([[i, values[i] + change]]); };
    /** @type {number | undefined} */
    let timer;
    /** @type {HTMLButtonElement[]} */
    let buttons = [];
    const stop = () => {
      clearInterval(timer);
      timer = undefined;
      if (buttons.length) buttons[0].textContent = "▶ Play";
    };
    if (control.kind === "steps") {
      buttons = ["▶ Play", "← Back", "Next →"].map((words) => add(row, "button", { type: "button" }, words));
      buttons[0].addEventListener("click", () => {
        if (timer) return stop();
        if (values[i] === count(i) - 1) set([[i, 0]]);
        buttons[0].textContent = "❚❚ Pause";
        timer = setInterval(() => {
          if (!host.isConnected || values[i] === count(i) - 1) return stop();
          set([[i, values[i] + 1]]);
        }, 1000 * (control.seconds ?? 1));
      });
      buttons[1].addEventListener("click", by(-1));
      buttons[2].addEventListener("click", by(1));
    }
    const label = add(row, "label", { class: "control" }, control.label);
    const range = add(label, "input", { type: "range", min: 0, step: 1, "aria-label": control.label });
    const readout = add(label, "span", { class: "readout", "aria-hidden": "true" });
    range.addEventListener("input", () => { stop(); set([[i, Number(range.value)]]); });
    return () => {
      range.max = count(i) - 1;
      range.value = values[i];
      range.setAttribute("aria-valuetext", control.texts[values[i]]);
      readout.textContent = control.kind === "steps" ? `${control.texts[values[i]]} of ${count(i) - 1}` : control.texts[values[i]];
      if (buttons.length) [buttons[1].disabled, buttons[2].disabled] = [!values[i], values[i] === count(i) - 1];
      if (timer && values[i] === count(i) - 1) stop();
    };
  }

  function show() {
    for (const renewed of renew) renewed();
    const layout = data.layouts[narrow];
    const visible = new Set();
    layout.layers.forEach((layer, k) => { if (seen(layer)) for (const i of shown[narrow][k][state(layer)]) visible.add(i); });
    svg.replaceChildren(...[...visible].sort((a, b) => a - b).map((i) => {
      if (!nodes[i]) {
        nodes[i] = draw(shapes[narrow][i], paint, slots);
        if (shapes[narrow][i][0] === "h") nodes[i].dataset.touch = String(i);
      }
      return nodes[i];
    }));
    for (const [text, words] of slots) text.textContent = filled(words);
    write(told, filled(data.said.filter(seen).map(text).filter(Boolean).join(" ")));
  }

  /** Choose theme and layout, and draw anew if they changed. */
  function look() {
    const [wasDark, wasNarrow] = [dark, narrow];
    dark = onDarkPage(host.parentElement ?? host);
    narrow = Number(host.clientWidth < WIDE);
    if (nodes.length && dark === wasDark && narrow === wasNarrow) return;
    const { width, height, top, most } = data.layouts[narrow];
    for (const role of Object.keys(data.palette)) card.style.setProperty(`--${role}`, paint(role));
    card.classList.toggle("narrow", Boolean(narrow));
    card.style.maxWidth = `${most + 26}px`;
    svg.setAttribute("viewBox", `0 ${top} ${width} ${height - top}`);
    svg.style.maxWidth = `${most}px`;
    [nodes, slots] = [[], []];
    show();
  }

  // In the picture: click an area, or drag over it.
  const touched = (/** @type {PointerEvent} */ event) => {
    const found = root.elementsFromPoint(event.clientX, event.clientY);
    const area = found.map((element) => /** @type {HTMLElement} */ (element.closest("[data-touch]"))).find(Boolean);
    return area ? /** @type {[number, number | null][]} */ (shapes[narrow][Number(area.dataset.touch)][5]) : [];
  };
  svg.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => set(touched(event)));
  svg.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    const sets = event.buttons ? touched(event) : [];
    if (sets.every(([, value]) => value !== null)) set(sets);
  });

  // JupyterLab and Notebook take arrow keys for their own before a slider hears of them. They listen on the document, so
  // this stands one further out, and lets Ctrl+S and the like through. Classic Notebook takes letters.
  const guard = (/** @type {KeyboardEvent} */ event) => {
    if (!host.isConnected) return leave();
    if (event.composedPath().includes(host) && movesControl(event)) event.stopPropagation();
  };
  const classic = () => /** @type {any} */ (window).Jupyter?.keyboard_manager;
  const leave = () => { window.removeEventListener("keydown", guard, true); classic()?.enable(); };
  root.addEventListener("focusin", () => { window.addEventListener("keydown", guard, true); classic()?.disable(); });
  root.addEventListener("focusout", leave);

  // What the page is asked to tell ends when the output goes, and begins again when a notebook puts it back.
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => setTimeout(() => host.isConnected && look(), 300);
  const themes = new MutationObserver(look);
  new ResizeObserver(() => {
    themes.disconnect();
    if (!host.isConnected) return scheme.removeEventListener("change", follow);
    for (const element of [document.body, document.documentElement]) themes.observe(element, { attributes: true });
    scheme.addEventListener("change", follow);
    if (host.clientWidth) look();
  }).observe(host);
  look();
}

/** Start every figure of a mark that is not at work yet. @param {string} mark @param {Data} data */
function startAll(mark, data) {
  for (const host of document.querySelectorAll(`[data-bptt="${mark}"]`)) {
    if (!host.shadowRoot) start(/** @type {HTMLElement} */ (host), data);
  }
}
