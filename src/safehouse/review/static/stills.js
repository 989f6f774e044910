// The picture of the frame in view, drawn on a canvas: protected, as the plan stands now.

import { getPicture, pictureOf, postJson } from "./asking.js";

const KEPT = 24;

export class Stills {
  // path: (frame) => address of the protected picture of a frame.
  constructor(canvas, path, onError) {
    this.canvas = canvas;
    this.path = path;
    this.onError = onError;
    this.wanted = -1;
    this.shown = -1;
    this.loading = false;
    this.kept = new Map();
    this.original = false;
  }

  // Show a frame as soon as it is there; asked again meanwhile, only the last one is fetched.
  want(frame) {
    this.wanted = frame;
    this.#wait();
    if (this.original) return Promise.resolve();
    const kept = this.kept.get(frame);
    if (kept) {
      this.#draw(kept, frame);
      return Promise.resolve();
    }
    if (this.loading) return this.loading;
    this.loading = this.#fetch().finally(() => {
      this.loading = false;
    });
    return this.loading;
  }

  async #fetch() {
    while (this.shown !== this.wanted) {
      const frame = this.wanted;
      try {
        const picture = await getPicture(this.path(frame));
        this.#keep(frame, picture);
        if (!this.original) this.#draw(picture, frame);
        else return;
      } catch (error) {
        this.onError(error);
        return;
      }
    }
  }

  // Forget every picture: the plan has changed.
  renew() {
    this.kept.clear();
    this.shown = -1;
    return this.want(this.wanted);
  }

  // Show the original of the frame in view until `cover`; the look is recorded. Returns the
  // history's new number.
  async uncover(path, body) {
    this.original = true;
    const answer = await postJson(path, body);
    const picture = await pictureOf(answer);
    if (this.original) this.#draw(picture, -1);
    return Number(answer.headers.get("X-Version"));
  }

  cover() {
    if (!this.original) return;
    this.original = false;
    this.shown = -1;
    const { width, height } = this.canvas;
    this.canvas.getContext("2d").clearRect(0, 0, width, height);
    this.want(this.wanted);
  }

  // While the picture on screen is not that of the frame in view, it is dimmed.
  #wait() {
    const waits = this.shown !== this.wanted && !this.original;
    this.canvas.classList.toggle("waiting", waits);
    this.canvas.setAttribute("aria-busy", String(waits));
  }

  #keep(frame, picture) {
    this.kept.set(frame, picture);
    if (this.kept.size <= KEPT) return;
    const oldest = this.kept.keys().next().value;
    this.kept.get(oldest).close();
    this.kept.delete(oldest);
  }

  #draw(picture, frame) {
    this.canvas.width = picture.width;
    this.canvas.height = picture.height;
    this.canvas.getContext("2d").drawImage(picture, 0, 0);
    this.canvas.hidden = false;
    this.shown = frame;
    this.#wait();
  }
}
