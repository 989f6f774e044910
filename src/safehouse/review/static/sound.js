// Lets the original of a turn be heard, on request and recorded; ticks the turns of one voice.
import { base, refuse } from "./page.js";

const form = document.getElementById("says");
const clip = location.pathname.split("/").at(-2);
let playing = null;

function stop() {
  if (!playing) return;
  playing.sound.pause();
  URL.revokeObjectURL(playing.sound.src);
  playing.button.setAttribute("aria-pressed", "false");
  playing = null;
}

async function hear(button) {
  const again = playing?.button === button;
  stop();
  if (again) return;
  const { hear: first, end, stream } = button.dataset;
  const answer = await fetch(`${base}/clips/${clip}/sound/hear.json`, {
    method: "POST",
    cache: "no-store",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ stream: Number(stream), first: Number(first), end: Number(end) }),
  });
  if (answer.status === 423) location.assign(`${base}/locked`);
  if (!answer.ok) {
    refuse(await answer.json());
    return;
  }
  stop();
  const sound = new Audio(URL.createObjectURL(await answer.blob()));
  playing = { sound, button };
  button.setAttribute("aria-pressed", "true");
  sound.addEventListener("ended", stop);
  await sound.play().catch(stop);
}

form?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.hear !== undefined) hear(button);
  if (button?.dataset.choose === undefined) return;
  for (const box of form.querySelectorAll("input[name=turn]")) {
    box.checked = box.dataset.voice === button.dataset.choose;
  }
});
addEventListener("pagehide", stop);
