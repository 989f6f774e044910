// Follows the jobs that a page shows, and shows the page anew when one begins or ends.
import { base } from "./page.js";

const places = document.querySelectorAll("[data-job]");
const follows = [...places].filter((place) => place.querySelector("progress"));

function fill(bar, done, total) {
  if (!bar) return;
  if (total) { bar.max = total; bar.value = done; } else bar.removeAttribute("value");
}

// Said only when it changes, so that a screen reader speaks a clip once.
function write(place, words) {
  if (place && place.textContent !== words) place.textContent = words;
}

function listEnded(place, ended) {
  if (!place || place.dataset.told === JSON.stringify(ended)) return;
  place.dataset.told = JSON.stringify(ended);
  const list = document.createElement("ul");
  list.className = "ended";
  for (const { clip, words, bad } of ended) {
    const state = document.createElement("span");
    state.className = `state ${bad ? "open" : "hidden"}`;
    state.textContent = `${bad ? "✕" : "✓"} ${words}`;
    const row = document.createElement("li");
    row.append(`${clip} `, state);
    list.append(row);
  }
  place.replaceChildren(...(ended.length ? [list] : []));
}

async function look() {
  const response = await fetch(base + "/work.json").catch(() => undefined);
  if (response === undefined || !response.ok) return;
  const { jobs } = await response.json();
  for (const place of follows) {
    const job = jobs.find((one) => String(one.id) === place.dataset.job);
    if (!job || job.state !== (place.dataset.state ?? job.state) || !["waits", "runs"].includes(job.state)) {
      location.reload();
      return;
    }
    write(place.querySelector("[data-clip]"), job.clip_words);
    write(place.querySelector("[data-stage]"), job.step_words);
    fill(place.querySelector("[data-step]"), job.done, job.total);
    const clips = place.querySelector("[data-clips]");
    if (clips) clips.hidden = job.clips < 2;
    fill(clips, job.number - 1, job.clips);
    listEnded(place.querySelector("[data-ended]"), job.ended);
  }
}

if (follows.length) setInterval(look, 1000);
