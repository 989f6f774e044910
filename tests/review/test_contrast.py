"""Everything on every page can be read and found: contrast after WCAG 2.2, light and dark.

Text 4.5:1, large text 3:1 (1.4.3); edges of what is used, and the ring of the focus, 3:1 (1.4.11,
2.4.13). What lies on a picture is held against the halo that the page draws around it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from every_page import every_page, without_project
from walking import House, Walk

pytestmark = pytest.mark.slow

MEASURE = """() => {
  const number = (text) => {
    const found = text.match(/[\\d.]+%?/g)?.map(Number) ?? [0, 0, 0, 0];
    const one = text.startsWith("color(srgb") ? 255 : 1;
    return [...found.slice(0, 3).map((n) => n * one), found[3] ?? 1];
  };
  const over = (top, under) =>
    [0, 1, 2].map((n) => top[n] * top[3] + under[n] * (1 - top[3])).concat([1]);
  const light = ([r, g, b]) => {
    const part = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ratio = (a, b) => {
    const [hi, lo] = [light(a), light(b)].sort((x, y) => y - x);
    return (hi + 0.05) / (lo + 0.05);
  };
  // Every ground that an element may have behind it: a gradient has several.
  const grounds = (element) => {
    if (!element) return [number(getComputedStyle(document.documentElement).backgroundColor)];
    const style = getComputedStyle(element);
    const own = number(style.backgroundColor);
    const painted = style.backgroundImage.match(/rgba?\\([^)]*\\)/g)?.map(number) ?? [];
    const under = own[3] === 1 ? [own] : grounds(element.parentElement).map((g) => over(own, g));
    return [...under, ...painted.flatMap((top) => under.map((g) => over(top, g)))];
  };
  const least = (colour, places) =>
    Math.min(...places.map((ground) => ratio(over(colour, ground), ground)));
  const called = (element) => element.outerHTML.replace(/\\s+/g, " ").slice(0, 90);
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest(".skip, .overlay");
  const faults = [];
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !seen(element)) continue;
    if (element.closest("script, style, noscript")) continue;
    const style = getComputedStyle(element);
    const large = parseFloat(style.fontSize) >= 24 ||
      (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const found = least(number(style.color), grounds(element));
    texts += 1;
    if (found < (large ? 3 : 4.5)) faults.push(`text ${found.toFixed(2)}: ${called(element)}`);
  }
  for (const input of document.querySelectorAll("input[placeholder], textarea[placeholder]")) {
    const found = least(number(getComputedStyle(input, "::placeholder").color), grounds(input));
    if (seen(input) && input.placeholder && found < 4.5)
      faults.push(`placeholder ${found.toFixed(2)}: ${called(input)}`);
  }
  const used = "button, .button, input, select, textarea, a[href], summary, [tabindex='0']";
  let rings = 0;
  for (const element of document.querySelectorAll(used)) {
    if (!seen(element) || element.matches("[type=hidden]")) continue;
    const style = getComputedStyle(element);
    const around = grounds(element.parentElement);
    const edged = element.matches("button:not(.head), .button, input, select, textarea") &&
      !element.matches("[type=range], [type=checkbox], [type=radio], [type=file], [disabled]");
    if (edged) {
      const edge = least(number(style.borderTopColor), around);
      const fill = Math.min(...grounds(element).map((g) => least(g, around)));
      if (Math.max(edge, fill) < 3)
        faults.push(`edge ${edge.toFixed(2)}: ${called(element)}`);
    }
    if (element.matches(":disabled")) continue;
    element.focus();
    const ring = getComputedStyle(element);
    if (document.activeElement !== element) continue;
    rings += 1;
    const inside = parseFloat(ring.outlineOffset) < 0;
    const strength = ring.outlineStyle === "none" || parseFloat(ring.outlineWidth) < 2
      ? 0 : least(number(ring.outlineColor), inside ? grounds(element) : around);
    if (strength < 3) faults.push(`ring ${strength.toFixed(2)}: ${called(element)}`);
  }
  for (const group of document.querySelectorAll(".outline, .hand")) {
    const lines = [...group.querySelectorAll("polygon")].map((one) => getComputedStyle(one).stroke);
    const halo = number(lines[0]);
    if (lines.length < 2) { faults.push(`an outline without a halo: ${called(group)}`); continue; }
    const found = ratio(number(lines[lines.length - 1]), halo);
    if (found < 3) faults.push(`outline ${found.toFixed(2)}: ${called(group)}`);
  }
  for (const bar of document.querySelectorAll(".bar, .state, .note, .refused, .three, .card")) {
    if (!seen(bar)) continue;
    const line = number(getComputedStyle(bar).borderInlineStartColor);
    const edge = least(line, grounds(bar.parentElement));
    if (edge < 3) faults.push(`edge ${edge.toFixed(2)}: ${called(bar)}`);
  }
  const outlines = document.querySelectorAll(".outline, .hand").length;
  return { faults: [...new Set(faults)], texts, rings, outlines };
}"""

LOOKS = {
    "light": ("light", False),
    "dark": ("dark", False),
    "light and grey": ("light", True),
    "dark and grey": ("dark", True),
}


def measured(walk: Walk, name: str) -> list[str]:
    """What can't be read or found on the open page, in each look."""
    faults = []
    walk.press("Shift")
    for look, (scheme, grey) in LOOKS.items():
        walk.page.emulate_media(color_scheme=scheme)
        walk.page.evaluate("on => document.documentElement.classList.toggle('greyscale', on)", grey)
        found = walk.page.evaluate(MEASURE)
        assert found["texts"] > 3, f"{name}: nothing was measured"
        assert found["rings"], f"{name}: no focus was measured"
        assert found["outlines"] or "?frame=" not in name, f"{name}: nobody is outlined"
        faults += [f"{name}, {look}: {one}" for one in found["faults"]]
    return faults


def test_all_can_be_read_and_found_light_dark_and_grey(
    house: House, walk: Walk, told: Callable[[list[str]], None]
) -> None:
    told([fault for name in every_page(house, walk) for fault in measured(walk, name)])


def test_all_can_be_read_and_found_where_no_project_is_open(
    house: House, tmp_path: Path, told: Callable[[list[str]], None]
) -> None:
    with without_project(house, tmp_path) as (walk, paths):
        faults = []
        for path in paths:
            walk.page.goto(f"http://{walk.desk.host}{walk.desk.base}{path}")
            faults += measured(walk, path)
    told(faults)


def test_what_is_too_faint_is_found(walk: Walk) -> None:
    walk.go("/status")
    walk.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("h1 { color: #999 } button { border-color: #ddd }");
          sheet.insertRule(":focus-visible { outline: none }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    faults = measured(walk, "/status")
    for kind in ("text", "edge", "ring"):
        assert any(f"light: {kind} " in fault for fault in faults), kind


@pytest.fixture
def told() -> Callable[[list[str]], None]:
    def check(faults: list[str]) -> None:
        assert not faults, "\n".join(faults[:60])

    return check
