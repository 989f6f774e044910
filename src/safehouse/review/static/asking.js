// What the page asks of its server. A refusal is told in the same three lines as the command's.

import { base } from "./page.js";

export class Refused extends Error {
  constructor({ error, happened, kept, next }) {
    super(happened);
    Object.assign(this, { error, happened, kept, next });
  }
}

const LOST = {
  error: "",
  happened: "the page can't reach safehouse",
  kept: "every act that was confirmed is saved",
  next: "look whether safehouse still runs; open its newest link",
};

async function answerOf(path, options) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(LOST);
  }
  if (answer.status === 423) location.assign(`${base}/locked`);
  if (answer.ok) return answer;
  let told = { ...LOST, happened: `the answer was ${answer.status}` };
  try {
    told = await answer.json();
  } catch {
    // not JSON: what is told above stands
  }
  throw new Refused(told);
}

export const getJson = async (path) => (await answerOf(path)).json();

export const postJson = (path, body, options = {}) =>
  answerOf(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...options,
  });

export async function pictureOf(answer) {
  return createImageBitmap(await answer.blob());
}

export const getPicture = async (path, options) => pictureOf(await answerOf(path, options));

// Tells what was saved, politely; a refusal as an alert with its three lines.
export class Telling {
  constructor(status, alert, words) {
    this.status = status;
    this.alert = alert;
    this.words = words;
  }

  say(text) {
    this.alert.hidden = true;
    this.status.textContent = text;
  }

  refuse(error) {
    this.status.textContent = "";
    this.alert.replaceChildren();
    const lines = error instanceof Refused
      ? [
          `${error.happened} ${error.error ? `[${error.error}]` : ""}`,
          `${this.words.kept}: ${error.kept}`,
          `${this.words.next}: ${error.next}`,
        ]
      : [String(error.message ?? error)];
    for (const line of lines) {
      const row = document.createElement("p");
      row.textContent = line;
      this.alert.append(row);
    }
    this.alert.hidden = false;
  }
}
