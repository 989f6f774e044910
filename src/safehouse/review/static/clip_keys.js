// Which key and button of the clip view does what.

import { acting } from "./clip_acts.js";
import { drawing } from "./clip_draw.js";
import { openHelp } from "./help.js";
import { Panel } from "./panel.js";

const MOVES = {
  box_left: { dx: -1 }, box_right: { dx: 1 }, box_up: { dy: -1 }, box_down: { dy: 1 },
  box_wider: { dw: 1 }, box_narrower: { dw: -1 }, box_higher: { dh: 1 }, box_lower: { dh: -1 },
};

export function wire(parts) {
  const { view, player, deciding, boxes, looking, telling, times, keys, at } = parts;
  const { words } = view;
  const acts = acting(parts);

  const panel = new Panel(
    {
      questions: at("questions"), heads: at("heads"), drawn: at("drawn"), comments: at("comments"),
      assign: at("assign"), people: at("people"), alike: at("alike"),
    },
    view,
    {
      answer: (question, answer) => acts.answer(question, answer),
      answerAlike: (question) => deciding.answerAll(view.alike(question), "accept"),
      choose: (piece) => acts.choose(piece),
      assign: (person) => acts.assign(person),
      focus: (mask) => boxes.focus(mask.id),
      erase: (mask) => deciding.erase(mask.id),
      prolong: (mask) => acts.prolong(mask),
      restore: (span) => deciding.replace(span.first, span.end, "nothing"),
      go: (frame) => player.go(frame),
      code: (frame) => times.code(frame),
    },
  );
  drawing(parts, panel);

  const does = {
    help: () => openHelp(at("help"), parts.help),
    undo: () => deciding.undo(),
    redo: () => deciding.redo(),
    cancel: acts.cancel,
    play: () => player.toggle(),
    back: () => (keys.isHeld("stop") ? player.step(-1) : player.shuttle(-1)),
    stop: () => player.pause(),
    forward: () => (keys.isHeld("stop") ? player.step(1) : player.shuttle(1)),
    frame_back: () => player.step(-1),
    frame_on: () => player.step(1),
    second_back: () => player.go(times.second(player.frame, -1)),
    second_on: () => player.go(times.second(player.frame, 1)),
    shot_back: () => acts.shot(-1),
    shot_on: () => acts.shot(1),
    first: () => player.go(0),
    last: () => player.go(view.frames - 1),
    mark_in: () => acts.mark("in"),
    mark_out: () => acts.mark("out"),
    go_in: () => player.mark.in !== null && player.go(player.mark.in),
    go_out: () => player.mark.out !== null && player.go(player.mark.out),
    undecided_on: () => acts.undecided(1),
    undecided_back: () => acts.undecided(-1),
    face_on: () => acts.head(1),
    face_back: () => acts.head(-1),
    accept: acts.accept,
    accept_alike: acts.acceptAlike,
    hide: acts.hide,
    unknown: () => acts.assign(""),
    comment: () => acts.write("comment"),
    note: () => acts.write("note"),
    hand_over: () => acts.write("hand_over"),
    region: acts.region,
    everything: acts.everything,
    sign: acts.sign,
    slate: () => acts.span("slate"),
    still: () => acts.span("still"),
    voice: acts.voice,
    peek: () => looking.forAWhile(),
  };
  for (let n = 1; n <= 9; n += 1) {
    does[`person_${n}`] = () => (view.people[n - 1] ? acts.assign(view.people[n - 1]) : telling.say(words.no_person));
  }

  for (const [id, work] of Object.entries(does)) keys.on(id, work);
  keys.on("original", () => looking.begin(), () => looking.end());
  keys.on("stop", does.stop, () => {});
  for (const [id, change] of Object.entries(MOVES)) {
    keys.on(id, (event) => boxes.nudge(change, event.altKey));
  }
  keys.on("box_key", () => boxes.keep());
  keys.on("box_erase", () => boxes.focused && deciding.erase(boxes.focused));
  keys.scopes = () => (boxes.focused ? ["box", "clip", "page"] : ["clip", "page"]);

  for (const button of document.querySelectorAll("#clip [data-does]")) {
    button.addEventListener("click", (event) => {
      does[button.dataset.does]();
      if (event.detail) button.blur();
    });
  }
  const eye = at("hold");
  eye.addEventListener("pointerdown", () => looking.begin());
  for (const kind of ["pointerup", "pointerleave", "pointercancel"]) eye.addEventListener(kind, () => looking.end());
  at("seek").addEventListener("input", () => player.go(Number(at("seek").value)));
  at("seek").addEventListener("pointerup", () => at("seek").blur());
}
