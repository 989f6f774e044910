// What stands beside the picture: what is asked here, the heads in this frame, what was drawn.
// Real buttons, so that nothing needs a mouse.

const made = (name, facts = {}, ...inside) => {
  const element = document.createElement(name);
  const { data = {}, ...rest } = facts;
  for (const [key, value] of Object.entries(rest)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  Object.assign(element.dataset, data);
  element.append(...inside);
  return element;
};

const SIGNS = { hidden: "▨", known: "○", open: "△" };

export class Panel {
  // parts: elements by name; does: what the buttons do.
  constructor(parts, view, does) {
    this.parts = parts;
    this.view = view;
    this.does = does;
  }

  // Returns whether anything was drawn anew.
  draw(frame) {
    const heads = this.view.headsAt(frame).map((one) => [one.id, this.view.numberOf(one)]);
    const told = JSON.stringify([frame, this.view.version, this.view.selected, heads]);
    if (told === this.told) return false;
    this.told = told;
    const held = document.activeElement?.dataset?.hold;
    this.#questions(frame);
    this.#heads(frame);
    this.#drawn(frame);
    this.#comments(frame);
    if (held) document.querySelector(`[data-hold="${held}"]`)?.focus();
    return true;
  }

  #questions(frame) {
    const { words } = this.view;
    const rows = this.view.questionsAt(frame).map((one) => {
      const chosen = this.view.selected.id === one.id;
      const item = made("li", { className: `ask${chosen ? " chosen" : ""}` });
      const open = one.answer === "open";
      item.append(
        made("p", {}, made("span", { className: `state ${open ? "open" : "hidden"}` },
          `${open ? "△" : "▨"} ${open ? words.state_open : words[`answer_${one.answer}`]}`),
          ` ${this.#about(one, frame)} ${one.why}`),
      );
      const buttons = made("div", { className: "row" });
      for (const answer of open ? ["accept", "hide", "nothing"] : ["open"]) {
        buttons.append(
          made("button", {
            type: "button",
            data: { hold: `${one.id}-${answer}` },
            onclick: () => this.does.answer(one, answer),
          }, this.#answerWords(one, answer)),
        );
      }
      const alike = open ? this.view.alike(one).length : 1;
      if (alike > 1) {
        buttons.append(
          made("button", {
            type: "button",
            data: { hold: `${one.id}-alike`, key: "accept_alike" },
            onclick: () => this.does.answerAlike(one),
          }, words.do_alike.replace("{n}", alike)),
        );
      }
      item.append(buttons);
      return item;
    });
    this.#fill(this.parts.questions, rows, words.nothing_asked);
  }

  // What an answer's button says; of a guess of who it is, accepting says that it is.
  #answerWords(question, answer) {
    const { words } = this.view;
    if (question.kind !== "near" || answer === "hide" || answer === "open") return words[`do_${answer}`];
    if (answer === "nothing") return words.do_other;
    return `${words.do_same} ${question.about}`.trim();
  }

  // The number of the head that a question is about.
  #about(question, frame) {
    const heads = this.view.headsAt(frame);
    return this.view.numberOf(heads.find((one) => question.track && one.track === question.track));
  }

  #heads(frame) {
    const { words } = this.view;
    const rows = this.view.headsAt(frame).map((one) => {
      const state = this.view.stateOf(one);
      const chosen = this.view.chosenPiece() === one;
      return made("li", {}, made("button", {
        type: "button",
        className: `head ${state}`,
        "aria-pressed": String(chosen),
        data: { hold: one.id },
        onclick: () => this.does.choose(one),
      }, `${SIGNS[state]} ${this.view.headWords(one)}`));
    });
    this.#fill(this.parts.heads, rows, words.no_heads);
    const piece = this.view.chosenPiece();
    this.parts.assign.hidden = !piece;
    if (piece) this.#people(piece);
  }

  #people(piece) {
    const { words, people } = this.view;
    const buttons = people.map((person, n) =>
      made("button", {
        type: "button",
        data: { key: `person_${n + 1}`, hold: `person-${person}` },
        "aria-pressed": String(piece.person === person),
        onclick: () => this.does.assign(person),
      }, made("kbd", {}, String(n + 1)), ` ${person}`),
    );
    buttons.push(
      made("button", { type: "button", data: { key: "unknown", hold: "unknown" }, onclick: () => this.does.assign("") },
        made("kbd", {}, "U"), ` ${words.unknown}`),
    );
    this.parts.people.replaceChildren(...buttons);
    const alike = this.view.runOf(piece).length;
    this.parts.alike.textContent = alike > 1 ? words.alike.replace("{n}", alike) : "";
  }

  #drawn(frame) {
    const { words, marks } = this.view;
    const rows = marks.masks.filter((one) => one.first <= frame && frame < one.end).map((one) =>
      made("li", { className: "row" },
        made("button", { type: "button", data: { hold: `go-${one.id}` }, onclick: () => this.does.focus(one) },
          `✎ ${this.view.placeWords(one)}`),
        made("button", { type: "button", data: { hold: `on-${one.id}` }, onclick: () => this.does.prolong(one) },
          words.do_prolong),
        made("button", { type: "button", data: { hold: `erase-${one.id}` }, onclick: () => this.does.erase(one) },
          words.do_erase)));
    const spans = marks.spans.filter((one) => one.first <= frame && frame < one.end).map((one) =>
      made("li", { className: "row" }, `■ ${words[`by_${one.by}`]} `,
        made("button", { type: "button", data: { hold: `span-${one.first}` }, onclick: () => this.does.restore(one) },
          words.do_restore)));
    this.#fill(this.parts.drawn, [...rows, ...spans], words.none_drawn);
  }

  #comments(frame) {
    const { words, marks } = this.view;
    const rows = marks.comments.map((one) =>
      made("li", {}, made("button", {
        type: "button",
        "aria-current": String(one.frame === frame),
        data: { hold: `comment-${one.frame}` },
        onclick: () => this.does.go(one.frame),
      }, made("span", { className: "ltr" }, this.does.code(one.frame)), ` ${one.text}`)));
    this.#fill(this.parts.comments, rows, words.no_comments);
  }

  #fill(list, rows, none) {
    list.replaceChildren(...(rows.length ? rows : [made("li", { className: "quiet" }, none)]));
  }
}
