// What every page does: locks when nobody is there, tells saves and refusals, reminds of breaks.
const root = document.documentElement;
export const base = root.dataset.base;

export function say(words) {
  document.getElementById("said").textContent = words;
}

export function refuse(failure) {
  const place = document.getElementById("refused");
  place.replaceChildren();
  for (const words of [failure.happened, failure.kept, failure.next]) {
    const line = document.createElement("p");
    line.textContent = words;
    place.append(line);
  }
  place.hidden = false;
}

// Sends fields to a path below the base; returns the answer, or undefined after telling why not.
export async function send(path, fields = {}) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries({ expect: root.dataset.expect, ...fields })) {
    for (const one of [value].flat()) body.append(name, one);
  }
  const response = await fetch(base + path, { method: "POST", body });
  if (response.status === 423) { location.assign(base + "/locked"); return undefined; }
  const facts = await response.json();
  if (!response.ok) { refuse(facts); return undefined; }
  if (facts.version !== undefined) seen(facts.version);
  return facts;
}

// Notes what this window has seen, in each of its forms.
export function seen(version) {
  root.dataset.expect = version;
  for (const input of document.querySelectorAll('input[name="expect"]')) input.value = version;
}

let touched = Date.now();
let told = 0;
const idle = Number(root.dataset.idle) * 60000;

function touch() {
  touched = Date.now();
  if (touched - told < 30000) return;
  told = touched;
  if (document.getElementById("lock")) fetch(base + "/here.json", { method: "POST" }).catch(() => {});
}

async function look() {
  if (location.pathname === base + "/locked") return;
  if (idle && Date.now() - touched > idle) { document.getElementById("lock")?.click(); return; }
  const response = await fetch(base + "/alive.json").catch(() => undefined);
  if (response?.status === 423) location.assign(base + "/locked");
}

for (const kind of ["keydown", "pointerdown", "pointermove"]) addEventListener(kind, touch, { passive: true });
setInterval(look, 15000);

addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.code === "Backquote" && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    document.getElementById("lock")?.click();
  }
});

// A form is sent once: sent again before its answer is there, it would not have seen its own act.
const AGAIN_MS = 5000;
let sent = false;
addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (sent) event.preventDefault();
  else setTimeout(() => { sent = false; }, AGAIN_MS);
  sent = true;
});
addEventListener("pageshow", () => { sent = false; });

// A page that was left must not come back out of the browser's memory.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// A break reminder: counted over all pages of this window.
const started = Number(sessionStorage.getItem("started") || Date.now());
sessionStorage.setItem("started", started);
const rest = Number(root.dataset.break) * 60000;
if (rest && Date.now() - started > rest) {
  const place = document.getElementById("break");
  if (place) {
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () => {
      sessionStorage.setItem("started", Date.now());
      place.hidden = true;
    });
  }
}
