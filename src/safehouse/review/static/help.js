// The key map, over the page: the same list as docs/keyboard.md.

export function openHelp(dialog, { map, spoken, scopes }) {
  if (dialog.open) {
    dialog.close();
    return;
  }
  const body = dialog.querySelector("[data-keys]");
  body.replaceChildren();
  for (const [scope, title] of Object.entries(scopes)) {
    const rows = map.filter((row) => row.scope === scope && row.codes.length);
    if (!rows.length) continue;
    const head = document.createElement("h3");
    head.textContent = title;
    const list = document.createElement("dl");
    for (const row of rows) {
      const key = document.createElement("dt");
      for (const code of row.codes) {
        const shown = document.createElement("kbd");
        shown.textContent = spoken[code] ?? code;
        key.append(shown, " ");
      }
      const words = document.createElement("dd");
      words.textContent = row.words;
      list.append(key, words);
    }
    body.append(head, list);
  }
  dialog.showModal();
}

// The letters of this keyboard where the browser knows them, ours else.
export async function lettersOf(spoken) {
  const layout = await navigator.keyboard?.getLayoutMap?.().catch(() => undefined);
  if (!layout) return spoken;
  return Object.fromEntries(
    Object.entries(spoken).map(([code, words]) => {
      const key = code.split("+").pop();
      const letter = layout.get(key);
      if (!letter || !/^(Key|Bracket)/.test(key)) return [code, words];
      return [code, [...words.split("+").slice(0, -1), letter.toUpperCase()].join("+")];
    }),
  );
}
