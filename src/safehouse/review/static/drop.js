// Takes a dropped clip in, part by part; its name never leaves the browser, only its ending.
import { base, refuse } from "./page.js";

const drop = document.getElementById("drop");
const file = document.getElementById("file");
const bar = document.getElementById("sent");
const form = document.getElementById("protect");

function take(clip) {
  const ending = (clip.name.match(/\.[a-z0-9]{1,5}$/i) || [""])[0].toLowerCase();
  const wish = new URLSearchParams({ ending });
  for (const name of ["look", "voices", "codec"]) wish.set(name, form.elements[name].value);
  const request = new XMLHttpRequest();
  request.open("PUT", `${base}/upload.json?${wish}`);
  request.upload.addEventListener("progress", (event) => { bar.value = (100 * event.loaded) / event.total; });
  request.addEventListener("load", () => {
    const facts = JSON.parse(request.responseText);
    if (request.status === 200) location.assign(base + facts.go);
    else { bar.hidden = true; refuse(facts); }
  });
  bar.hidden = false;
  request.send(clip);
}

for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
});
// A clip that misses the frame must not be opened by the browser itself.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
file.addEventListener("change", () => { if (file.files[0]) take(file.files[0]); });
