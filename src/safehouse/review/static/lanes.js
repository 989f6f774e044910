// The timeline: a lane a person, the flagged spans, and where the frame in view is. Left to right
// in every language, as time is on an editor's desk.

const element = (name, className, words) => {
  const made = document.createElement(name);
  made.className = className;
  if (words !== undefined) made.textContent = words;
  return made;
};

const LEAST = 0.0015;

// Bars one after the other that look alike and are narrower together than the least width of one.
export const joined = (bars, frames) => {
  const kept = [];
  for (const bar of bars) {
    const last = kept.at(-1);
    const near = last?.state === bar.state && last.first <= bar.first;
    if (near && Math.max(last.end, bar.end) - last.first <= LEAST * frames) {
      last.end = Math.max(last.end, bar.end);
    } else {
      kept.push({ ...bar });
    }
  }
  return kept;
};

export class Lanes {
  constructor(root, view, go) {
    this.root = root;
    this.view = view;
    this.go = go;
    this.cursor = element("div", "cursor");
    this.cursor.setAttribute("aria-hidden", "true");
    root.addEventListener("pointerdown", (event) => this.#point(event));
  }

  renew() {
    const { view } = this;
    this.root.replaceChildren();
    this.#lane(view.words.shots, view.shots().map(([first, end], n) => ({
      first, end, state: view.isSigned(first, end) ? "signed" : "shot", words: `${n + 1}`,
      title: `${view.words.shot} ${n + 1}${view.isSigned(first, end) ? `, ${view.words.signed}` : ""}`,
    })));
    const asked = view.marks.questions.filter((one) => one.answer === "open");
    if (asked.length) {
      this.#lane(`△ ${view.words.to_decide}`, asked.map((one) => ({
        ...one, state: "open", words: "△", title: one.why,
      })));
    }
    for (const [name, pieces] of view.lanes()) {
      this.#lane(name, pieces.map((one) => ({
        ...one, state: view.stateOf(one), words: "", title: view.headWords(one),
      })));
    }
    const drawn = view.marks.masks.map((one) => ({
      ...one, state: "hand", words: "✎", title: view.placeWords(one),
    }));
    const spans = view.marks.spans.map((one) => ({ ...one, state: "hand", words: "■" }));
    if (drawn.length + spans.length) this.#lane(`✎ ${view.words.drawn}`, [...drawn, ...spans]);
    this.root.append(this.cursor);
    this.draw(this.frame ?? 0, this.marks ?? {});
  }

  #lane(name, bars) {
    const lane = element("div", "lane");
    lane.append(element("span", "lane-name", name));
    const track = element("div", "lane-track");
    for (const bar of joined(bars, this.view.frames)) track.append(this.#bar(bar));
    lane.append(track);
    this.root.append(lane);
  }

  #bar({ first, end, state, words, title }) {
    const bar = element("div", `bar ${state}`, words);
    bar.style.left = `${(100 * first) / this.view.frames}%`;
    bar.style.width = `${Math.max(100 * LEAST, (100 * (end - first)) / this.view.frames)}%`;
    if (title) bar.title = title;
    return bar;
  }

  draw(frame, marks) {
    this.frame = frame;
    this.marks = marks;
    const share = (frame + 0.5) / this.view.frames;
    this.cursor.style.setProperty("--at", share);
    const { in: from, out: to } = marks;
    this.root.classList.toggle("marked", from !== null || to !== null);
    this.root.style.setProperty("--in", (from ?? 0) / this.view.frames);
    this.root.style.setProperty("--out", ((to ?? this.view.frames - 1) + 1) / this.view.frames);
  }

  #point(event) {
    const track = event.target.closest?.(".lane-track");
    if (!track) return;
    const seen = track.getBoundingClientRect();
    this.go(Math.floor(((event.clientX - seen.left) / seen.width) * this.view.frames));
  }
}
