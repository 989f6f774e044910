// The page of keys: waits for the new key of an action, and keeps it.

import { postJson, Telling } from "./asking.js";
import { codeOf } from "./keys.js";
import { base } from "./page.js";

const at = (id) => document.getElementById(id);
const { kept, next } = at("waiting").dataset;
const telling = new Telling(at("said"), at("refused"), { kept, next });
const ALONE = /^(Shift|Control|Alt|Meta|OS)(Left|Right)?$/;
let waits = "";

async function save(change) {
  try {
    await postJson(`${base}/keys.json`, change);
    location.reload();
  } catch (error) {
    telling.refuse(error);
    at("refused").scrollIntoView({ block: "center" });
  }
}

function wait(id) {
  waits = id;
  at("waiting").hidden = !id;
}

for (const button of document.querySelectorAll("[data-change]")) {
  button.addEventListener("click", () => wait(button.dataset.change));
}
for (const button of document.querySelectorAll("[data-drop]")) {
  button.addEventListener("click", () => save({ id: button.dataset.drop, codes: [] }));
}
at("reset").addEventListener("click", () => save({ reset: true }));
at("on").addEventListener("change", () => save({ on: at("on").checked }));

document.addEventListener("keydown", (event) => {
  if (!waits || ALONE.test(event.code)) return;
  event.preventDefault();
  event.stopPropagation();
  const id = waits;
  wait("");
  if (event.code !== "Escape") save({ id, codes: [codeOf(event)] });
}, true);
