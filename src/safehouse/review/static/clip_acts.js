// What is chosen and decided in the clip view, by whichever key or button.

import { shapeAt } from "./shapes.js";

export function acting(parts) {
  const { view, player, deciding, boxes, looking, telling, times, at } = parts;
  const { words } = view;

  function choose(piece) {
    view.select("piece", piece.id);
    parts.draw();
    parts.label();
  }

  // The head that is chosen, or that the chosen question is about, or the only one here.
  function chosenHead() {
    const here = view.headsAt(player.frame);
    const piece = view.chosenPiece();
    if (piece && here.includes(piece)) return piece;
    const asked = view.chosenQuestion();
    return here.find((one) => asked?.track && one.track === asked.track)
      ?? (here.length === 1 ? here[0] : undefined);
  }

  function assign(person) {
    const piece = chosenHead();
    if (!piece) telling.say(words.choose_head);
    else deciding.assign(piece, person);
  }

  // The open question that is chosen, or the first of this frame unless a head is chosen.
  function openHere() {
    const here = view.questionsAt(player.frame).filter((one) => one.answer === "open");
    return here.find((one) => one.id === view.selected.id) ?? (view.chosenPiece() ? undefined : here[0]);
  }

  function accept() {
    const question = openHere();
    const piece = chosenHead();
    const person = question?.about || piece?.suggested;
    const guessed = person && piece && piece.person !== person;
    if (question && question.kind !== "near") deciding.answer(question, "accept");
    else if (guessed) deciding.assign(piece, person, question ? [piece] : undefined);
    else if (question) deciding.answer(question, "accept");
    else telling.say(words.nothing_asked);
  }

  function answer(question, said) {
    view.select("question", question.id);
    if (said === "accept") accept();
    else deciding.answer(question, said);
  }

  // All open questions of the same kind in this shot; who somebody is, is always said one by one.
  function acceptAlike() {
    const question = openHere();
    if (!question || question.kind === "near") {
      telling.say(words.nothing_alike);
      return;
    }
    deciding.answerAll(view.alike(question), "accept");
  }

  function hide() {
    const question = openHere();
    const piece = chosenHead();
    if (question) deciding.answer(question, "hide");
    else if (piece?.person) deciding.assign(piece, "");
    else telling.say(words.already_hidden);
  }

  function undecided(way) {
    const rows = view.openQuestions();
    const from = player.frame;
    const chosen = rows.findIndex((one) => one.id === view.selected.id);
    const next = chosen >= 0 && rows[chosen].first === from
      ? rows[chosen + way]
      : way > 0 ? rows.find((one) => one.first > from) : rows.findLast((one) => one.first < from);
    if (!next) {
      telling.say(rows.length ? words.no_more_that_way : words.none_left);
      return;
    }
    view.select("question", next.id);
    player.go(next.first);
    parts.draw();
  }

  function head(way) {
    const here = view.headsAt(player.frame);
    if (!here.length) {
      telling.say(words.no_heads);
      return;
    }
    const chosen = here.findIndex((one) => one.id === view.selected.id);
    const next = here[(chosen + way + here.length) % here.length] ?? here[0];
    choose(next);
    telling.say(view.headWords(next));
  }

  function shot(way) {
    const shots = view.shots().map(([first]) => first);
    const next = way > 0
      ? shots.find((first) => first > player.frame) ?? view.frames - 1
      : shots.findLast((first) => first < player.frame) ?? 0;
    player.go(next);
  }

  async function region() {
    player.pause();
    const mask = boxes.inTheMiddle();
    if (await deciding.draw(mask)) boxes.focus(mask.id);
  }

  // A place stays as it is here, to the end of the clip: everything there from now on.
  function prolong(mask) {
    const shape = shapeAt(mask.keys, player.frame);
    const before = mask.keys.filter((key) => key.frame < player.frame);
    const stays = { ...mask, end: view.frames, keys: [...before, { frame: player.frame, shape }] };
    deciding.draw(stays, words.prolonged);
  }

  function everything() {
    const [, end] = view.shotOf(player.frame);
    deciding.replace(player.frame, end, "slate");
  }

  function span(by) {
    const { in: from, out: to } = player.mark;
    if (from === null || to === null || to < from) telling.say(words.mark_first);
    else deciding.replace(from, to + 1, by);
  }

  function sign() {
    const [first, end] = view.shotOf(player.frame);
    deciding.sign(first, end);
  }

  function write(kind) {
    const dialog = at("writing");
    player.pause();
    dialog.querySelector("h2").textContent = words[kind];
    at("text").value = "";
    dialog.onclose = () => {
      const text = at("text").value.trim();
      if (dialog.returnValue !== "save" || !text) return;
      const [first, end] = view.shotOf(player.frame);
      if (kind === "comment") deciding.comment(player.frame, text);
      else if (kind === "note") deciding.noteContent(first, end, text);
      else deciding.handOver(text);
      dialog.returnValue = "";
    };
    dialog.showModal();
    at("text").focus();
  }

  function voice() {
    const { in: from, out: to } = player.mark;
    const piece = view.chosenPiece();
    const track = view.facts.sound[0];
    if (!track || from === null || to === null || to < from || !piece?.person) {
      telling.say(words.voice_first);
      return;
    }
    const sample = (frame) => Math.max(0, Math.round((times.seconds(frame) - track.start) * track.rate_hz));
    deciding.voice(track.index, sample(from), sample(to + 1), piece.person);
  }

  function cancel() {
    const open = document.querySelector("dialog[open]");
    if (open) open.close();
    else if (looking.looks) looking.end();
    else {
      boxes.cancel();
      view.select("", "");
      document.activeElement?.blur?.();
      parts.draw();
    }
  }

  function mark(side) {
    player.mark[side] = player.frame;
    telling.say(view.pair(words[`marked_${side}`], times.code(player.frame)));
    parts.draw();
  }

  return {
    choose,
    assign,
    answer,
    accept,
    acceptAlike,
    hide,
    undecided,
    head,
    shot,
    region,
    prolong,
    everything,
    span,
    sign,
    write,
    voice,
    mark,
    cancel,
  };
}
