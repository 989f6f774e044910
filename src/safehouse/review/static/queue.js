// One question of the queue: the few seconds around it, protected; the original only while held.
import { getJson, getPicture, postJson } from "./asking.js";
import { outlineOf } from "./overlay.js";
import { base, refuse, seen } from "./page.js";
import { placing, shapeAt } from "./shapes.js";

const around = document.getElementById("around");
const STEP_MS = 125;
const LINES = [["#14110f", 6, []], ["#ff8fc0", 3, [8, 5]]];

class Around {
  constructor(place) {
    const { clip, first, end, from, rate, track } = place.dataset;
    this.path = `${base}/clips/${clip}`;
    this.first = Number(first);
    this.end = Number(end);
    this.track = track;
    this.masks = [];
    this.frame = Number(from);
    const [num, den] = rate.split("/").map(Number);
    const perSecond = num / (den || 1) || 25;
    this.step = Math.max(1, Math.round((perSecond * STEP_MS) / 1000));
    this.canvas = document.getElementById("still");
    this.at = document.getElementById("at");
    this.play = document.getElementById("play");
    this.sign = document.getElementById("uncovered");
    this.kept = new Map();
    this.looking = false;
  }

  draw(picture) {
    this.canvas.width = picture.width;
    this.canvas.height = picture.height;
    const pen = this.canvas.getContext("2d");
    pen.drawImage(picture, 0, 0);
    for (const mask of this.masks) {
      if (mask.first <= this.frame && this.frame < mask.end) this.outline(pen, shapeAt(mask.keys, this.frame));
    }
  }

  // Of many heads, the one that is asked about, on the original too: in lines of the clip view.
  outline(pen, shape) {
    const one = this.canvas.width / this.place.size[0];
    const thick = this.canvas.width / (this.canvas.clientWidth || this.canvas.width);
    pen.beginPath();
    for (const [x, y] of outlineOf(shape, this.facts, this.place)) pen.lineTo(x * one, y * one);
    pen.closePath();
    for (const [colour, width, dashes] of LINES) {
      pen.strokeStyle = colour;
      pen.lineWidth = width * thick;
      pen.setLineDash(dashes.map((dash) => dash * thick));
      pen.stroke();
    }
  }

  async which() {
    if (!this.track) return;
    const asked = `${this.path}/masks.json?first=${this.first}&end=${this.end}`;
    const [clip, found] = await Promise.all([getJson(`${this.path}.json`), getJson(asked)]);
    this.facts = clip.facts;
    this.place = placing(this.facts);
    this.masks = found.masks.filter((mask) => mask.track === this.track);
    await this.show(this.frame);
    this.canvas.dataset.outlined = this.masks.length;
  }

  async show(frame) {
    this.frame = Math.min(Math.max(frame, this.first), this.end - 1);
    const wanted = this.frame;
    this.at.value = wanted;
    if (this.looking) return;
    if (!this.kept.has(wanted)) this.kept.set(wanted, await getPicture(`${this.path}/frames/${wanted}.jpg`));
    if (wanted === this.frame && !this.looking) this.draw(this.kept.get(wanted));
  }

  async run() {
    const going = this.play.getAttribute("aria-pressed") !== "true";
    this.play.setAttribute("aria-pressed", going);
    while (this.play.getAttribute("aria-pressed") === "true") {
      const begun = performance.now();
      const next = this.frame + this.step;
      await this.show(next >= this.end ? this.first : next);
      await new Promise((then) => setTimeout(then, Math.max(0, STEP_MS - (performance.now() - begun))));
    }
  }

  // The look is recorded by the server before the picture is given; the page never keeps it.
  async look() {
    if (this.looking) return;
    this.looking = true;
    this.play.setAttribute("aria-pressed", "false");
    const small = document.documentElement.classList.contains("small-picture");
    const body = { frame: this.frame, grey: true, size: small ? "small" : "view" };
    const answer = await postJson(`${this.path}/original.json`, body);
    if (answer.headers.get("x-version")) seen(answer.headers.get("x-version"));
    const picture = await createImageBitmap(await answer.blob());
    if (!this.looking) return;
    this.sign.hidden = false;
    this.draw(picture);
  }

  async cover() {
    if (!this.looking) return;
    this.looking = false;
    this.sign.hidden = true;
    await this.show(this.frame);
  }
}

const told = (error) => refuse({ happened: error.happened ?? error.message, kept: error.kept ?? "", next: error.next ?? "" });

// The next question's first picture is made while this one is looked at; it is not shown here.
async function ahead() {
  if (!around.dataset.ahead) return;
  const answer = await fetch(base + around.dataset.ahead).catch(() => undefined);
  await answer?.arrayBuffer();
}

function begin() {
  const view = new Around(around);
  document.getElementById("stage").hidden = false;
  view.show(view.frame).then(() => view.which()).then(ahead).catch(told);
  view.play.addEventListener("click", () => view.run().catch(told));
  view.at.addEventListener("input", () => view.show(Number(view.at.value)).catch(told));
  const held = document.getElementById("original");
  const down = (event) => { event.preventDefault(); view.look().catch((error) => { view.cover(); told(error); }); };
  const up = () => view.cover().catch(told);
  held.addEventListener("pointerdown", down);
  for (const kind of ["pointerup", "pointerleave", "pointercancel"]) held.addEventListener(kind, up);
  document.getElementById("awhile").addEventListener("click", (event) => {
    down(event);
    setTimeout(up, 5000);
  });
  addEventListener("page:hold", (event) => (event.detail ? view.look().catch(told) : up()));
  addEventListener("blur", up);
  addEventListener("visibilitychange", up);
  addEventListener("page:play", () => view.play.click());
}

if (around) begin();
