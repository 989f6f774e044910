// Outlines what is hidden in the frame in view, so that a fine veil hides no gap.

import { boundsOf, placing, shapeAt, SUBPIXEL } from "./shapes.js";

const SVG = "http://www.w3.org/2000/svg";
const CORNERS = 48;
const SIGNS = { hidden: "▨", known: "○", open: "△", hand: "■" };

export const svg = (name, facts = {}) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) element.setAttribute(key, value);
  return element;
};

// The corners of a shape on screen.
export function outlineOf(shape, facts, place) {
  if (shape.kind === "polygon") {
    return shape.points.map(([x, y]) => place.show([x / SUBPIXEL, y / SUBPIXEL]));
  }
  if (shape.kind === "ellipse") {
    const { cx, cy, rx, ry } = shape;
    return Array.from({ length: CORNERS }, (_, n) => {
      const turn = (2 * Math.PI * n) / CORNERS;
      const at = [cx + rx * Math.cos(turn), cy + ry * Math.sin(turn)];
      return place.show(at.map((unit) => unit / SUBPIXEL));
    });
  }
  const { width, height } = facts;
  return [[0, 0], [width, 0], [width, height], [0, height]].map(place.show);
}

export class Overlay {
  // view: facts, masks and marks of the clip; words: what to say.
  constructor(root, view) {
    this.root = root;
    this.view = view;
    this.place = placing(view.facts);
    root.setAttribute("viewBox", `0 0 ${this.place.size.join(" ")}`);
    this.outlines = svg("g", { class: "outlines" });
    this.hands = svg("g", { class: "hands" });
    root.append(this.outlines, this.hands);
  }

  // px of the screen's picture in one CSS px: lines and letters keep their size.
  get scale() {
    const wide = this.root.clientWidth || this.place.size[0];
    return this.place.size[0] / wide;
  }

  draw(frame) {
    this.view.order(frame, (shape) => this.place.show(this.#middle(shape)));
    this.outlines.replaceChildren();
    for (const mask of this.view.masksAt(frame)) {
      const head = this.view.headOf(mask, frame);
      const state = this.view.stateOf(head);
      this.#one(shapeAt(mask.keys, frame), state, this.view.isSelected(head), this.#label(mask, head));
    }
    for (const span of this.view.spansAt(frame)) {
      this.#one({ kind: "whole" }, "hand", false, span.words);
    }
  }

  #label(mask, head) {
    const number = this.view.numberOf(head);
    return [number, this.#who(mask, head)].filter(Boolean).join(" ");
  }

  #who(mask, head) {
    if (!head) return mask.why === "head" ? "" : this.view.words[`why_${mask.why}`] ?? "";
    if (head.person) return head.person;
    return head.suggested ? `${head.suggested}?` : "";
  }

  #one(shape, state, chosen, label) {
    const points = outlineOf(shape, this.view.facts, this.place);
    const row = svg("g", { class: `outline ${state}${chosen ? " chosen" : ""}` });
    const text = points.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" ");
    row.append(svg("polygon", { points: text, class: "halo" }), svg("polygon", { points: text }));
    row.append(this.#inside(points, `${SIGNS[state]} ${label}`.trim()));
    this.outlines.append(row);
  }

  // A label in the middle of what is hidden, where it covers nothing, and inside the picture.
  #inside(points, text) {
    const size = 13 * this.scale;
    const middle = [0, 1].map((axis) => {
      const all = points.map((point) => point[axis]);
      const low = Math.max(0, Math.min(...all));
      return (low + Math.min(this.place.size[axis], Math.max(...all))) / 2;
    });
    const words = svg("text", {
      x: middle[0].toFixed(1), y: (middle[1] + size / 3).toFixed(1), "font-size": size.toFixed(1),
      "text-anchor": "middle",
    });
    words.textContent = text;
    return words;
  }

  // A label at the top left of a shape, always inside the picture.
  label(points, text) {
    const size = 13 * this.scale;
    const left = Math.max(2, Math.min(...points.map((point) => point[0])));
    const top = Math.max(size * 1.1, Math.min(...points.map((point) => point[1])) - size * 0.35);
    const words = svg("text", { x: left.toFixed(1), y: top.toFixed(1), "font-size": size.toFixed(1) });
    words.textContent = text;
    return words;
  }

  #middle(shape) {
    const [x0, y0, x1, y1] = this.bounds(shape);
    return [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  bounds(shape) {
    return boundsOf(shape, [this.view.facts.width, this.view.facts.height]);
  }
}
