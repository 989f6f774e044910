// Places drawn by hand: dragged and resized by mouse, or by keys while they have the focus.
// What is moved at another frame becomes a key there; between keys the place moves by itself.

import { outlineOf, svg } from "./overlay.js";
import { shapeAt, shapeOf, withKey } from "./shapes.js";

const STEP = 4;
const LEAST = 8;
const HANDLES = [[0, 0], [1, 0], [1, 1], [0, 1]];
const ROUND = new Set(["head", "child"]);

export class Boxes {
  // change: (mask) => saves it; view, overlay: what is drawn; frame: () => the frame in view.
  constructor({ overlay, view, frame, change, chosen }) {
    Object.assign(this, { overlay, view, frame, change, chosen });
    this.draft = null;
    this.drag = null;
    const root = overlay.root;
    root.addEventListener("pointerdown", (event) => this.#grab(event));
    root.addEventListener("pointermove", (event) => this.#pull(event));
    root.addEventListener("pointerup", (event) => this.#drop(event));
    root.addEventListener("pointercancel", () => this.cancel());
  }

  get focused() {
    return document.activeElement?.dataset?.mask ?? "";
  }

  draw(frame) {
    const held = this.focused;
    this.overlay.hands.replaceChildren();
    for (const mask of this.#masks()) {
      if (mask.first <= frame && frame < mask.end) this.#one(mask, frame);
    }
    if (held) this.overlay.hands.querySelector(`[data-mask="${held}"]`)?.focus();
  }

  focus(id) {
    this.overlay.hands.querySelector(`[data-mask="${id}"]`)?.focus();
  }

  #masks() {
    const others = this.view.marks.masks.filter((mask) => mask.id !== this.draft?.id);
    return this.draft ? [...others, this.draft] : others;
  }

  #one(mask, frame) {
    const shape = shapeAt(mask.keys, frame);
    const points = outlineOf(shape, this.view.facts, this.overlay.place);
    const keyed = mask.keys.some((key) => key.frame === frame);
    const words = this.view.placeWords(mask);
    const row = svg("g", {
      class: `hand${keyed ? " keyed" : ""}`,
      tabindex: 0,
      role: "button",
      "data-mask": mask.id,
      "aria-label": words,
    });
    row.append(svg("polygon", { points: points.map((p) => p.join(",")).join(" ") }));
    row.append(this.overlay.label(points, `✎ ${words}`));
    if (shape.kind !== "whole") this.#handles(row, shape);
    row.addEventListener("focus", () => this.chosen(mask));
    this.overlay.hands.append(row);
  }

  #handles(row, shape) {
    const [x0, y0, x1, y1] = this.overlay.bounds(shape);
    const size = 14 * this.overlay.scale;
    HANDLES.forEach(([right, low], number) => {
      const [x, y] = this.overlay.place.show([right ? x1 : x0, low ? y1 : y0]);
      row.append(
        svg("rect", {
          x: x - size / 2, y: y - size / 2, width: size, height: size, "data-handle": number,
        }),
      );
    });
  }

  #point(event) {
    const seen = this.overlay.root.getBoundingClientRect();
    const [wide, tall] = this.overlay.place.size;
    const at = [
      ((event.clientX - seen.left) / seen.width) * wide,
      ((event.clientY - seen.top) / seen.height) * tall,
    ];
    return this.overlay.place.coded(at);
  }

  #grab(event) {
    if (event.button !== 0) return;
    const row = event.target.closest?.("[data-mask]");
    const handle = event.target.dataset?.handle;
    const at = this.#point(event);
    const mask = row && this.view.marks.masks.find((one) => one.id === row.dataset.mask);
    this.drag = { at, handle: handle === undefined ? null : Number(handle), mask: mask ?? null };
    if (mask) {
      this.drag.box = this.overlay.bounds(shapeAt(mask.keys, this.frame()));
      row.focus();
    }
    this.overlay.root.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  #pull(event) {
    if (!this.drag) return;
    const now = this.#point(event);
    const box = this.#dragged(now);
    if (!box) return;
    this.drag.moved = true;
    const { mask } = this.drag;
    this.draft = mask ? this.#withBox(mask, box) : this.made(box);
    this.draw(this.frame());
  }

  #dragged([x, y]) {
    const { at, handle, mask, box } = this.drag;
    const [dx, dy] = [x - at[0], y - at[1]];
    if (!mask) {
      if (Math.abs(dx) < LEAST || Math.abs(dy) < LEAST) return null;
      return [Math.min(at[0], x), Math.min(at[1], y), Math.max(at[0], x), Math.max(at[1], y)];
    }
    if (!this.drag.moved && Math.hypot(dx, dy) < 2) return null;
    if (handle === null) return [box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy];
    const [right, low] = HANDLES[handle];
    return [
      right ? box[0] : Math.min(box[0] + dx, box[2] - LEAST),
      low ? box[1] : Math.min(box[1] + dy, box[3] - LEAST),
      right ? Math.max(box[2] + dx, box[0] + LEAST) : box[2],
      low ? Math.max(box[3] + dy, box[1] + LEAST) : box[3],
    ];
  }

  #drop() {
    const { draft } = this;
    this.drag = null;
    this.draft = null;
    if (draft) this.change(draft);
  }

  cancel() {
    this.drag = null;
    this.draft = null;
    this.draw(this.frame());
  }

  #withBox(mask, box) {
    const shape = shapeAt(mask.keys, this.frame());
    const kind = shape.kind === "ellipse" ? "ellipse" : "polygon";
    return { ...mask, keys: withKey(mask.keys, this.frame(), shapeOf(kind, box)) };
  }

  // A new place of the kind that is chosen, from this frame to the end of the shot.
  made(box) {
    const frame = this.frame();
    const kind = this.view.kind();
    const shape = shapeOf(ROUND.has(kind) ? "ellipse" : "polygon", box);
    const [, end] = this.view.shotOf(frame);
    const id = this.view.newMaskId();
    return { id, first: frame, end, keys: [{ frame, shape }], kind, person: "" };
  }

  inTheMiddle() {
    const { width, height } = this.view.facts;
    return this.made([width * 0.4, height * 0.35, width * 0.6, height * 0.65]);
  }

  // Keys: move (dx, dy) or grow by (dw, dh) px of the picture; alt is finer.
  nudge(change, fine) {
    const mask = this.view.marks.masks.find((one) => one.id === this.focused);
    if (!mask) return;
    const shape = shapeAt(mask.keys, this.frame());
    if (shape.kind === "whole") return;
    const [x0, y0, x1, y1] = this.overlay.bounds(shape);
    const step = fine ? 1 : STEP;
    const { dx = 0, dy = 0, dw = 0, dh = 0 } = change;
    const [wide, tall] = [Math.max(LEAST, x1 - x0 + 2 * dw * step), Math.max(LEAST, y1 - y0 + 2 * dh * step)];
    const middle = [(x0 + x1) / 2 + dx * step, (y0 + y1) / 2 + dy * step];
    const box = [middle[0] - wide / 2, middle[1] - tall / 2, middle[0] + wide / 2, middle[1] + tall / 2];
    this.change(this.#withBox(mask, box));
  }

  keep() {
    const mask = this.view.marks.masks.find((one) => one.id === this.focused);
    if (!mask) return;
    const shape = shapeAt(mask.keys, this.frame());
    this.change({ ...mask, keys: withKey(mask.keys, this.frame(), shape) });
  }
}
