// Decisions: each is posted at once, with the number of the last act that this window has seen.

import { postJson, Refused } from "./asking.js";
import { seen } from "./page.js";

export class Deciding extends EventTarget {
  constructor(view, telling) {
    super();
    this.view = view;
    this.telling = telling;
    this.queue = Promise.resolve();
  }

  // Post acts, all or none; they wait for those before them.
  post(acts, words) {
    return this.#send("acts.json", { acts }, words);
  }

  undo() {
    return this.#send("undo.json", {}, this.view.words.undone);
  }

  redo() {
    return this.#send("redo.json", {}, this.view.words.redone);
  }

  #send(where, body, words) {
    this.queue = this.queue.then(async () => {
      try {
        const answer = await postJson(`${this.view.path}/${where}`, {
          ...body,
          expect: this.view.version,
        });
        const told = await answer.json();
        this.#took(told);
        this.telling.say(told.done ? this.view.pair(words, told.done) : words);
        return true;
      } catch (error) {
        await this.#refused(error);
        return false;
      }
    });
    return this.queue;
  }

  // What a look recorded moved the history on; nothing else changed.
  note(version) {
    if (!version) return;
    this.view.version = version;
    seen(version);
  }

  // A refusal is told, and the page shows what holds now.
  async #refused(error) {
    this.telling.refuse(error);
    if (!(error instanceof Refused) || !error.error) return;
    try {
      await this.view.load();
      this.#took(null);
    } catch (second) {
      this.telling.refuse(second);
    }
  }

  #took(told) {
    if (told) this.view.take(told);
    seen(this.view.version);
    this.dispatchEvent(new Event("changed"));
  }

  // Who a head is: the run of alike appearances with it, and the guess that was asked about.
  assign(piece, person, run = this.view.runOf(piece)) {
    const asked = this.view.openFor(piece).filter((one) => one.kind === "near");
    const answer = (one) =>
      person && person === (one.about || piece.suggested) ? "accept" : "nothing";
    const acts = [
      { act: "ConfirmPieces", pieces: run.map((one) => one.id), person },
      ...asked.map((one) => ({ act: "Decide", question: one.id, answer: answer(one) })),
    ];
    const words = person ? this.view.pair(person, this.view.words.state_known) : this.view.words.stays_hidden;
    return this.post(acts, words);
  }

  answer(question, answer) {
    const words = this.view.words[`answer_${answer}`];
    return this.post([{ act: "Decide", question: question.id, answer }], words);
  }

  // Several questions at once; one undo takes all of the answers back.
  answerAll(questions, answer) {
    const words = `${this.view.words[`answer_${answer}`]} (${questions.length})`;
    return this.post(questions.map((one) => ({ act: "Decide", question: one.id, answer })), words);
  }

  draw(mask, words) {
    const { id, first, end, keys, kind, person } = mask;
    const clip = this.view.facts.clip;
    return this.post(
      [{ act: "DrawMask", clip, mask: id, first, end, keys, kind, person }],
      words ?? this.view.pair(this.view.placeWords(mask), this.view.words.hidden_there),
    );
  }

  erase(id) {
    const clip = this.view.facts.clip;
    return this.post([{ act: "EraseMask", clip, mask: id }], this.view.words.erased);
  }

  replace(first, end, by) {
    const clip = this.view.facts.clip;
    return this.post([{ act: "ReplaceSpan", clip, first, end, by }], this.view.words[`by_${by}`]);
  }

  sign(first, end) {
    const clip = this.view.facts.clip;
    return this.post([{ act: "SignShot", clip, first, end }], this.view.words.signed);
  }

  comment(frame, text) {
    const clip = this.view.facts.clip;
    return this.post([{ act: "Comment", clip, frame, text }], this.view.words.commented);
  }

  noteContent(first, end, text) {
    const clip = this.view.facts.clip;
    return this.post([{ act: "NoteContent", clip, first, end, text }], this.view.words.noted);
  }

  handOver(to) {
    const clip = this.view.facts.clip;
    return this.post([{ act: "HandOver", clip, to }], this.view.words.handed);
  }

  voice(stream, first, end, person) {
    const clip = this.view.facts.clip;
    return this.post([{ act: "VoiceIs", clip, stream, first, end, person }], this.view.words.voiced);
  }
}
