"""What differs between two plans, in words that a person can check."""

from collections.abc import Iterator

import msgspec

from safehouse.model.plan import Mask, Plan, Region, Shown

__all__ = ["diff_plans"]

PLACES = {"masks": "mask", "regions": "region", "shown": "shown place"}
"""Field → what one of its places is called."""

Place = Mask | Region | Shown


def diff_plans(old: Plan, new: Plan) -> tuple[str, ...]:
    """Return one line for each thing that new does otherwise than old; () when they are equal."""
    return tuple(_lines(old, new))


def _lines(old: Plan, new: Plan) -> Iterator[str]:
    for name in Plan.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if name in PLACES:
            yield from _places(PLACES[name], before, after)
        else:
            yield from _fields(name, before, after)


def _fields(path: str, before: object, after: object) -> Iterator[str]:
    """Yield the leaves that differ; lists are told as a whole."""
    both = isinstance(before, msgspec.Struct) and type(before) is type(after)
    if not both or isinstance(before, tuple):
        yield f"{path}: {_short(before)} → {_short(after)}"
        return
    for name in before.__struct_fields__:  # type: ignore[attr-defined]  # both are structs here
        one, two = getattr(before, name), getattr(after, name)
        if one != two:
            yield from _fields(f"{path}.{name}", one, two)


def _places(kind: str, before: tuple[Place, ...], after: tuple[Place, ...]) -> Iterator[str]:
    old, new = {item.id: item for item in before}, {item.id: item for item in after}
    for name in sorted(old.keys() - new.keys()):
        yield f"{kind} {name} is gone (frames {old[name].first} to {old[name].end})"
    for name in sorted(new.keys() - old.keys()):
        yield f"{kind} {name} is new (frames {new[name].first} to {new[name].end})"
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield f"{kind} {name}: " + ", ".join(_item_changes(old[name], new[name]))


def _item_changes(before: Place, after: Place) -> Iterator[str]:
    if (before.first, before.end) != (after.first, after.end):
        yield f"frames {before.first} to {before.end} → {after.first} to {after.end}"
    if before.keys != after.keys:
        old = {key.frame: key.shape for key in before.keys}
        new = {key.frame: key.shape for key in after.keys}
        changed = sum(old.get(f) != new.get(f) for f in old.keys() | new.keys())
        yield f"{changed} keys differ"
    for name in ("track", "why", "look", "piece", "person", "records"):
        one, two = getattr(before, name, None), getattr(after, name, None)
        if one != two:
            yield f"{name} {_short(one)} → {_short(two)}"


def _short(value: object) -> str:
    text = str(msgspec.to_builtins(value))
    return text if len(text) <= 60 else f"{text[:57]}…"
