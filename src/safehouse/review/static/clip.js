// The clip view: puts its parts together, and gives each key and button what it does.

import { getJson, Telling } from "./asking.js";
import { Boxes } from "./boxes.js";
import { wire } from "./clip_keys.js";
import { Deciding } from "./deciding.js";
import { lettersOf } from "./help.js";
import { Keys, labelButtons } from "./keys.js";
import { Lanes } from "./lanes.js";
import { Looking } from "./looking.js";
import { Overlay } from "./overlay.js";
import { base } from "./page.js";
import { Player } from "./player.js";
import { Stills } from "./stills.js";
import { Times } from "./times.js";
import { View } from "./view.js";

const at = (id) => document.getElementById(id);
const root = at("clip");
const path = `${base}/clips/${root.dataset.clip}`;

async function begin() {
  const view = new View(path, () => at("kind").value);
  const telling = new Telling(at("said"), at("refused"), { kept: "", next: "" });
  try {
    await view.load();
  } catch (error) {
    telling.refuse(error);
    return;
  }
  telling.words = view.words;
  const times = new Times(view.facts);
  const stills = new Stills(
    at("still"),
    (frame) => `${path}/frames/${frame}.jpg`,
    (error) => telling.refuse(error),
  );
  const video = view.facts.proxy ? at("video") : null;
  if (video) {
    video.src = `${path}/proxy.mp4`;
    video.hidden = false;
  }
  const player = new Player(times, stills, video);
  const deciding = new Deciding(view, telling);
  const overlay = new Overlay(at("overlay"), view);
  const [wide, tall] = overlay.place.size;
  at("stage").style.aspectRatio = `${wide} / ${tall}`;
  at("stage").style.maxInlineSize = `calc(62vh * ${wide / tall})`;
  const parts = { view, telling, times, stills, player, deciding, overlay, at, path };
  parts.boxes = new Boxes({
    overlay,
    view,
    frame: () => player.frame,
    change: (mask) => deciding.draw(mask),
    chosen: (mask) => view.select("mask", mask.id),
  });
  parts.lanes = new Lanes(at("lanes"), view, (frame) => player.go(frame));
  parts.looking = new Looking({
    player, stills, deciding, telling, view, sign: at("uncovered"),
    settings: () => ({ grey: at("grey").checked, small: at("small").checked }),
  });
  const told = await getJson(`${base}/keys.json`);
  const spoken = await lettersOf(told.spoken);
  parts.keys = new Keys({ map: told.keys, single: told.on });
  parts.help = { map: told.keys, spoken, scopes: told.scopes };
  parts.label = () => labelButtons(told.keys, spoken);
  wire(parts);
  parts.draw();
  parts.lanes.renew();
  parts.label();
  parts.keys.listen();
  const first = times.clamp(firstFrame(view));
  await view.around(first);
  await player.go(first);
  parts.draw();
  root.dataset.ready = "yes";
}

// The frame of the address, of the question in the address, or the one seen last.
function firstFrame(view) {
  const asked = new URLSearchParams(location.search);
  const question = view.marks.questions.find((one) => one.id === asked.get("question"));
  if (question) view.select("question", question.id);
  const piece = view.marks.pieces.find((one) => one.id === asked.get("piece"));
  if (piece) view.select("piece", piece.id);
  const kept = sessionStorage.getItem(`frame ${view.facts.clip}`);
  const frame = asked.get("frame") ?? question?.first ?? piece?.best ?? kept ?? 0;
  history.replaceState(null, "", location.pathname);
  return Number(frame) || 0;
}

begin();
