// What the clip view draws when the frame in view or what was decided changes.

export function drawing(parts, panel) {
  const { view, player, deciding, boxes, lanes, overlay, telling, times, at } = parts;
  const { words } = view;

  parts.draw = () => {
    const { frame } = player;
    const [first] = view.shotOf(frame);
    const shot = view.shotNumber(frame);
    const open = view.openQuestions().length;
    at("code").textContent = times.code(frame);
    at("frame").textContent = `${words.frame} ${frame}`;
    at("shot").textContent = `${words.shot} ${shot} / ${view.shots().length}`;
    at("left").textContent = `${view.leftHere ? "△" : "✓"} ${view.left}`;
    at("left").className = `state ${view.leftHere ? "open" : "hidden"}`;
    const seek = at("seek");
    seek.max = String(view.frames - 1);
    seek.value = String(frame);
    seek.setAttribute("aria-valuetext", `${words.shot} ${shot}, ${times.code(frame)}, ${open} ${words.state_open}`);
    at("play").setAttribute("aria-pressed", String(player.playing));
    at("play").textContent = player.playing ? `❚❚ ${words.pause}` : `▶ ${words.play}`;
    at("rate").textContent = player.playing ? `${player.rate()}×` : "";
    const [from, to] = [player.mark.in, player.mark.out];
    at("marks").textContent = `${from === null ? "–" : times.code(from)} → ${to === null ? "–" : times.code(to)}`;
    at("signed").hidden = !view.isSigned(first, view.shotOf(frame)[1]);
    overlay.draw(frame);
    boxes.draw(frame);
    lanes.draw(frame, player.mark);
    if (!player.playing && panel.draw(frame)) parts.label?.();
    prepare(frame);
  };

  function prepare(frame) {
    const note = view.marks.notes.find(
      (one) => one.first <= frame && frame < one.end && !parts.prepared?.has(one.first),
    );
    at("note").hidden = !note;
    at("stage").classList.toggle("covered", Boolean(note));
    if (note) {
      player.pause();
      at("note-text").textContent = note.text;
      at("note-go").onclick = () => {
        parts.prepared = (parts.prepared ?? new Set()).add(note.first);
        parts.draw();
      };
    }
  }

  const follow = async () => {
    parts.draw();
    sessionStorage.setItem(`frame ${view.facts.clip}`, String(player.frame));
    const fresh = await view.around(player.frame).catch((error) => telling.refuse(error));
    if (fresh) parts.draw();
  };
  player.addEventListener("frame", follow);
  player.addEventListener("state", parts.draw);
  deciding.addEventListener("changed", () => {
    lanes.renew();
    parts.draw();
    parts.label();
    undoNames();
    parts.stills.renew();
  });
  new ResizeObserver(() => parts.draw()).observe(at("stage"));

  function undoNames() {
    for (const [name, done] of [["undo", view.undo], ["redo", view.redo]]) {
      const form = document.querySelector(`form[action$="/${name}"]`);
      const button = form?.querySelector("button");
      if (!button) continue;
      button.disabled = !done;
      button.title = done || words[`no_${name}`];
      button.textContent = `${name === "undo" ? "↶" : "↷"} ${done ? view.pair(words[name], done) : words[name]}`;
    }
  }
  for (const name of ["undo", "redo"]) {
    document.querySelector(`form[action$="/${name}"]`)?.addEventListener("submit", (event) => {
      event.preventDefault();
      deciding[name]();
    });
  }
  undoNames();
}
