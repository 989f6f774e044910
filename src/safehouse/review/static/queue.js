// One question of the queue: the few seconds around it, protected; the original only while held.
import { getPicture, postJson } from "./asking.js";
import { base, refuse, say, seen } from "./page.js";

const around = document.getElementById("around");
const STEP_MS = 125;

class Around {
  constructor(place) {
    const { clip, first, end, from, rate } = place.dataset;
    this.path = `${base}/clips/${clip}`;
    this.first = Number(first);
    this.end = Number(end);
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
    this.canvas.getContext("2d").drawImage(picture, 0, 0);
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

function begin() {
  const view = new Around(around);
  around.querySelector(".strip").hidden = true;
  document.getElementById("stage").hidden = false;
  view.show(view.frame).catch(told);
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
