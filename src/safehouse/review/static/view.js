// What is known of the clip in view: its facts, and everything that was said about its frames.

import { getJson } from "./asking.js";
import { shapeAt } from "./shapes.js";

const AROUND = 600;

export class View {
  constructor(path, kind) {
    this.path = path;
    this.kind = kind;
    this.selected = { kind: "", id: "" };
    this.masks = [];
    this.known = [0, 0];
    this.hiddenSpans = [];
  }

  async load() {
    const told = await getJson(`${this.path}.json`);
    this.take(told);
    return this;
  }

  // After an act the server tells everything anew, so a window never keeps a state of its own.
  take(told) {
    this.facts = told.facts ?? this.facts;
    this.words = told.words ?? this.words;
    this.marks = told.marks;
    this.people = told.people;
    this.version = told.version;
    this.undo = told.undo;
    this.redo = told.redo;
    this.left = told.left;
    this.leftHere = told.left_here;
    this.frames = this.facts.frames;
  }

  // Fetch the found masks around a frame, unless they are there.
  async around(frame) {
    const [first, end] = this.known;
    const near = Math.min(this.frames, frame + 30);
    if (frame >= first && near <= end) return false;
    if (this.asking) return false;
    this.asking = true;
    try {
      await this.#fetchAround(frame);
    } finally {
      this.asking = false;
    }
    return true;
  }

  async #fetchAround(frame) {
    const from = Math.max(0, frame - AROUND);
    const told = await getJson(`${this.path}/masks.json?first=${from}&end=${frame + AROUND}`);
    this.masks = told.masks;
    this.known = [told.first, told.end];
  }

  masksAt(frame) {
    return this.masks.filter((mask) => mask.first <= frame && frame < mask.end);
  }

  spansAt(frame) {
    const replaced = this.marks.spans.filter((one) => one.first <= frame && frame < one.end);
    const decided = this.marks.questions.filter(
      (one) => one.answer === "hide" && one.first <= frame && frame < one.end,
    );
    return [
      ...replaced.map((one) => ({ ...one, words: this.words[`by_${one.by}`] })),
      ...decided.map((one) => ({ ...one, words: this.words.hidden_whole })),
    ];
  }

  // The appearance that a mask of the findings belongs to in a frame.
  headOf(mask, frame) {
    return this.headsAt(frame).find((piece) => mask.track && piece.track === mask.track);
  }

  // From left to right on screen, once `order` was told where they are.
  headsAt(frame) {
    const here = this.marks.pieces.filter((one) => one.first <= frame && frame < one.end);
    if (this.ordered?.frame !== frame) return here;
    return here.sort((a, b) => (this.ordered.at.get(a.id) ?? 0) - (this.ordered.at.get(b.id) ?? 0));
  }

  // Number the heads of a frame, so that the list beside the picture and the outlines agree.
  order(frame, show) {
    this.ordered = { frame: -1, at: new Map() };
    for (const mask of this.masksAt(frame)) {
      const head = this.headOf(mask, frame);
      if (head) this.ordered.at.set(head.id, show(shapeAt(mask.keys, frame))[0]);
    }
    this.ordered.frame = frame;
    this.numbers = new Map(this.headsAt(frame).map((one, n) => [one.id, n + 1]));
  }

  // "#3", where there is more than one head to tell apart.
  numberOf(piece) {
    const number = piece && this.numbers.size > 1 ? this.numbers.get(piece.id) : undefined;
    return number ? `#${number}` : "";
  }

  // Open questions in the same shot that one look answers: one key answers them all. Whether a head
  // is seen outside its cover is one thing to look for, wherever heads begin, are large, lost or weak.
  alike(question) {
    if (question.kind === "near") return [question];
    const look = (one) => (["begins", "large", "lost", "weak"].includes(one.kind) ? "heads" : one.kind);
    const [first, end] = this.shotOf(question.first);
    return this.openQuestions().filter(
      (one) => look(one) === look(question) && first <= one.first && one.first < end,
    );
  }

  questionsAt(frame) {
    return this.marks.questions.filter((one) => one.first <= frame && frame < one.end);
  }

  openQuestions() {
    return this.marks.questions.filter((one) => one.answer === "open");
  }

  openFor(piece) {
    return (this.#openByTrack().get(piece.track) ?? []).filter(
      (one) => one.first < piece.end && piece.first < one.end,
    );
  }

  // An hour of film has thousands of heads, each of which is asked for its questions.
  #openByTrack() {
    if (this.sorted?.marks !== this.marks) {
      const byTrack = new Map();
      for (const one of this.openQuestions()) {
        if (!byTrack.has(one.track)) byTrack.set(one.track, []);
        byTrack.get(one.track).push(one);
      }
      this.sorted = { marks: this.marks, byTrack };
    }
    return this.sorted.byTrack;
  }

  stateOf(piece) {
    if (!piece) return "hidden";
    if (this.openFor(piece).length) return "open";
    return piece.person ? "known" : "hidden";
  }

  isSelected(piece) {
    if (!piece) return false;
    const asked = this.chosenQuestion();
    return asked ? asked.track === piece.track : this.selected.id === piece.id;
  }

  select(kind, id) {
    this.selected = { kind, id };
  }

  chosenPiece() {
    return this.selected.kind === "piece"
      ? this.marks.pieces.find((one) => one.id === this.selected.id)
      : undefined;
  }

  chosenQuestion() {
    return this.selected.kind === "question"
      ? this.marks.questions.find((one) => one.id === this.selected.id)
      : undefined;
  }

  // Pieces of one track with the same guess that touch each other: one key for all of them.
  runOf(piece) {
    const alike = (one) => one.track === piece.track && one.suggested === piece.suggested;
    if (!piece.suggested) return [piece];
    return this.marks.pieces.filter((one) => one.id === piece.id || (alike(one) && !one.person));
  }

  shots() {
    const begins = this.facts.shots.length ? this.facts.shots : [0];
    return begins.map((first, n) => [first, begins[n + 1] ?? this.frames]);
  }

  shotOf(frame) {
    return this.shots().findLast(([first]) => first <= frame) ?? [0, this.frames];
  }

  shotNumber(frame) {
    return this.shots().findLastIndex(([first]) => first <= frame) + 1;
  }

  isSigned(first, end) {
    return this.marks.signed.some((one) => one.first <= first && end <= one.end);
  }

  // Lanes: people who were confirmed, then guesses, then everybody else, one lane each.
  lanes() {
    const rows = new Map();
    for (const piece of this.marks.pieces) {
      const name = piece.not_person
        ? this.words.not_person
        : piece.person || (piece.suggested ? `${piece.suggested}?` : this.words.unknown);
      if (!rows.has(name)) rows.set(name, []);
      rows.get(name).push(piece);
    }
    return [...rows].sort(([a], [b]) => a.localeCompare(b));
  }

  headWords(piece) {
    const state = this.words[`state_${this.stateOf(piece)}`];
    const who = piece.not_person
      ? this.words.not_person
      : piece.person || (piece.suggested ? `${piece.suggested}?` : this.words.unknown);
    return [this.numberOf(piece), this.pair(who, state)].filter(Boolean).join(" ");
  }

  // "P07: hidden", with the colon of the page's language.
  pair(a, b) {
    return this.words.pair.replace("{a}", () => a).replace("{b}", () => b);
  }

  placeWords(mask) {
    return this.words[`kind_${mask.kind}`] ?? mask.kind;
  }

  newMaskId() {
    const taken = new Set(this.marks.masks.map((mask) => mask.id));
    for (let n = 1; ; n += 1) {
      const id = `H${String(n).padStart(4, "0")}`;
      if (!taken.has(id)) return id;
    }
  }
}
