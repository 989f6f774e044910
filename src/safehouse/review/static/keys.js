// Keys by their place on the keyboard. Nothing acts while somebody writes, or on a native control.

const WRITES = new Set(["TEXTAREA", "SELECT"]);
const TICKS = new Set(["range", "checkbox", "radio", "button", "submit", "file", "color"]);
const OF_RANGE = /^(Arrow|Home|End|Page)/;

export function codeOf(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  return [...parts, event.code].join("+");
}

export const isWriting = (element) =>
  WRITES.has(element?.tagName) ||
  element?.isContentEditable === true ||
  (element?.tagName === "INPUT" && !TICKS.has(element.type));

// Whether the browser itself does something useful with this key here.
function isNative(event) {
  const at = event.target;
  if (isWriting(at)) return true;
  if (at.tagName === "INPUT" && at.type === "range") return OF_RANGE.test(event.code);
  if (at.closest?.("button, a[href], summary, input") && /^(Space|Enter)$/.test(codeOf(event)))
    return true;
  return document.querySelector("dialog[open]") !== null && event.code !== "Escape";
}

export class Keys {
  // map: [{id, codes, scope, words}]; single: whether keys without Ctrl act at all.
  constructor({ map, single }) {
    this.map = map;
    this.single = single;
    this.held = new Set();
    this.does = new Map();
    this.undoes = new Map();
    this.scopes = () => ["page"];
  }

  // The action's function; up is called when its key is let go.
  on(id, does, up) {
    this.does.set(id, does);
    if (up) this.undoes.set(id, up);
    return this;
  }

  listen(root = document) {
    root.addEventListener("keydown", (event) => this.#down(event));
    root.addEventListener("keyup", (event) => this.#up(event));
    window.addEventListener("blur", () => this.release());
    document.addEventListener("visibilitychange", () => this.release());
  }

  release() {
    for (const id of [...this.held]) this.#let(id);
  }

  isHeld(id) {
    return this.held.has(id);
  }

  find(event) {
    const code = codeOf(event);
    for (const scope of this.scopes()) {
      const row = this.map.find((one) => one.scope === scope && one.codes.includes(code));
      if (row && this.does.has(row.id)) return row;
    }
    if (event.key === "?") return this.map.find((one) => one.id === "help");
    return undefined;
  }

  #down(event) {
    if (event.isComposing || isNative(event)) return;
    const row = this.find(event);
    if (!row || !this.does.has(row.id)) return;
    const plain = !(event.ctrlKey || event.metaKey) && row.id !== "cancel";
    if (plain && !this.single && row.scope !== "box") return;
    event.preventDefault();
    const again = this.held.has(row.id);
    this.held.add(row.id);
    if (!(again && this.undoes.has(row.id))) this.does.get(row.id)(event);
  }

  #up(event) {
    for (const id of [...this.held]) {
      const row = this.map.find((one) => one.id === id);
      if (row.codes.some((code) => code.split("+").pop() === event.code)) this.#let(id);
    }
  }

  #let(id) {
    this.held.delete(id);
    this.undoes.get(id)?.();
  }
}

// Writes tooltips and aria-keyshortcuts onto the buttons that do what keys do.
export function labelButtons(map, spoken, root = document) {
  for (const button of root.querySelectorAll("[data-key]")) {
    const row = map.find((one) => one.id === button.dataset.key);
    if (!row?.codes.length) continue;
    const names = row.codes[0].split("+");
    const last = names.pop().replace(/^(Key|Digit)/, "");
    button.setAttribute("aria-keyshortcuts", [...names.map(ariaName), last].join("+"));
    button.title = `${row.words} (${spoken[row.codes[0]] ?? row.codes[0]})`;
    const shown = button.querySelector("kbd");
    if (shown) shown.textContent = spoken[row.codes[0]] ?? row.codes[0];
  }
}

const ariaName = (name) => (name === "Ctrl" ? "Control" : name);
