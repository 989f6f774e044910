// Follows the jobs that a page shows, and shows the page anew when one ends.
import { base } from "./page.js";

const places = document.querySelectorAll("[data-job]");

async function look() {
  const response = await fetch(base + "/work.json").catch(() => undefined);
  if (response === undefined || !response.ok) return;
  const { jobs } = await response.json();
  for (const place of places) {
    const bar = place.querySelector("progress");
    if (!bar) continue;
    const job = jobs.find((one) => String(one.id) === place.dataset.job);
    if (!job || !["waits", "runs"].includes(job.state)) { location.reload(); return; }
    place.querySelector("[data-stage]").textContent = job.stage;
    if (job.total) { bar.max = job.total; bar.value = job.done; } else bar.removeAttribute("value");
  }
}

if ([...places].some((place) => place.querySelector("progress"))) setInterval(look, 1000);
