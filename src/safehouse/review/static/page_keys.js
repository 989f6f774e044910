// Keys of every page but the clip view: buttons by their data-key, people by digit, V while held.
import { getJson } from "./asking.js";
import { lettersOf, openHelp } from "./help.js";
import { Keys, isWriting, labelButtons } from "./keys.js";
import { base } from "./page.js";

async function begin() {
  const told = await getJson(`${base}/keys.json`);
  const spoken = await lettersOf(told.spoken);
  const keys = new Keys({ map: told.keys, single: told.on });
  keys.scopes = () => ["page", "queue"];
  for (const button of document.querySelectorAll("[data-key]")) {
    keys.on(button.dataset.key, (event) => press(event, button));
  }
  for (const name of ["undo", "redo", "lock"]) {
    const button = document.getElementById(name);
    if (button) keys.on(name, (event) => press(event, button));
  }
  const dialog = document.getElementById("help");
  if (dialog) keys.on("help", () => openHelp(dialog, { map: told.keys, spoken, scopes: told.scopes }));
  if (document.getElementById("around")) {
    const hold = (detail) => dispatchEvent(new CustomEvent("page:hold", { detail }));
    keys.on("queue_original", () => hold(true), () => hold(false));
  }
  labelButtons(told.keys, spoken);
  keys.listen();
  if (told.on) addEventListener("keydown", digit);
  document.documentElement.dataset.keyed = "yes";
}

// A key that stays down presses once; and a page that is being left takes no further key, which
// was meant for the next.
let left = false;
function press(event, button) {
  if (event.repeat || left) return;
  left = Boolean(button.href);
  button.click();
}
addEventListener("pageshow", () => { left = false; });

// 1 to 9 say who it is, U that nobody knows; Space plays where nothing else takes it.
function digit(event) {
  if (isWriting(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const button = number
    ? document.querySelector(`[data-digit="${number}"]`)
    : event.code === "KeyU" ? document.querySelector("[data-unknown]") : null;
  if (button) { event.preventDefault(); press(event, button); }
}

// The clip view gives the same keys more to do; a locked page has none.
if (!document.getElementById("clip") && document.getElementById("undo")) begin();
