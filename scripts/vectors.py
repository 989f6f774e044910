"""Writes testkit/vectors/plan-*.vec: plans that keep the format's rules, or break one each.

The masks that a good plan must give are counted here pixel by pixel, straight from
docs/plan-format.md and with no code of safehouse, so that they can judge any implementation.
"""

import copy
import hashlib
import json
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[1] / "testkit" / "vectors"
Plan = dict[str, Any]
Change = Callable[[Plan], Any]

WIDTH, HEIGHT, FRAMES = 48, 32, 10


def oval(cx: int, cy: int, rx: int, ry: int) -> Plan:
    """Return an oval, in 1/16 px."""
    return {"kind": "ellipse", "cx": cx, "cy": cy, "rx": rx, "ry": ry}


def polygon(*points: tuple[int, int]) -> Plan:
    """Return a polygon, in 1/16 px."""
    return {"kind": "polygon", "points": [list(point) for point in points]}


def key(frame: int, shape: Plan) -> Plan:
    """Return a shape at a frame."""
    return {"frame": frame, "shape": shape}


def mask(number: int, first: int, end: int, *keys: Plan) -> Plan:
    """Return a mask over the frames first <= f < end."""
    return {"id": f"M{number:04d}", "first": first, "end": end, "keys": list(keys)}


def shown(number: int, first: int, end: int, *keys: Plan, **other: Any) -> Plan:
    """Return a shown place over the frames first <= f < end, with other fields changed."""
    place = {**mask(number, first, end, *keys), "id": f"F{number:04d}", "piece": "C0001-A002"}
    return {**place, "person": "P07", "records": ["R0012"], **other}


def heard(first: int, end: int) -> Plan:
    """Return a heard voice over samples first <= n < end of the sound track."""
    voice = {"id": "V0001", "stream": 1, "first": first, "end": end}
    return {**voice, "person": "P07", "records": ["R0012"]}


def base() -> Plan:
    """Return a plan that keeps every rule: 48 x 32 px, ten frames, one sound track, one mask."""
    return {
        "schema": "plan/1",
        "clip": {
            "id": "C0001",
            "sha256": "0" * 64,
            "size_bytes": 1000,
            "video": {
                "index": 0,
                "codec": "h264",
                "pix_fmt": "yuv420p",
                "width": WIDTH,
                "height": HEIGHT,
                "times": {"timebase": "1/25", "runs": [[0, 1, FRAMES]], "last_duration": 1},
            },
            "sound": [
                {
                    "index": 1,
                    "codec": "aac",
                    "rate_hz": 48000,
                    "layout": "mono",
                    "channels": 1,
                    "samples": 19200,
                }
            ],
        },
        "look": "solid",
        "masks": [mask(1, 2, 8, key(2, oval(384, 256, 160, 200)))],
        "sound": [{"stream": 1, "spans": [{"first": 0, "end": 100, "action": "reveal"}]}],
        "output": {
            "container": "mov",
            "video": {
                "codec": "h264",
                "pix_fmt": "yuv420p",
                "options": {"crf": "18", "preset": "medium"},
                "chunks": [[0, 5, 0], [5, 10, 0]],
            },
            "sound": [{"stream": 1, "codec": "aac", "rate_hz": 48000, "layout": "mono"}],
        },
        "cpu": "x86-64-v3",
    }


def _set(*path: str | int, to: object) -> Change:
    """Return a change that puts a value at a path of a plan."""

    def change(plan: Plan) -> None:
        place: Any = plan
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def _drop(*path: str | int) -> Change:
    """Return a change that takes the field at a path out of a plan."""

    def change(plan: Plan) -> None:
        place: Any = plan
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return change


def _masks(*masks: Plan) -> Change:
    return _set("masks", to=list(masks))


def _keys(*keys: Plan) -> Change:
    return _set("masks", 0, "keys", to=list(keys))


TRIANGLE = polygon((100, 100), (600, 120), (300, 450))
ROUND = key(0, oval(400, 256, 200, 200))


def _shown(*places: Plan) -> Change:
    return _set("shown", to=list(places))


GOOD: dict[str, tuple[str, Change]] = {
    "base": (
        "every field that must be there, one mask, one revealed span",
        _set("look", to="solid"),
    ),
    "nobody": ("nobody was found: nothing is hidden", _masks()),
    "line": (
        "an oval goes in a straight line; centres round down, half-axes round up",
        _masks(
            mask(1, 0, 10, key(0, oval(101, 77, 33, 47)), key(9, oval(707, 433, 205, 148))),
        ),
    ),
    "line-down": (
        "negative numbers round down too, not towards zero",
        _masks(mask(1, 0, 10, key(0, oval(-101, -77, 233, 247)), key(7, oval(70, 44, 90, 300)))),
    ),
    "hold": (
        "before its first key and after its last a mask holds its shape",
        _masks(mask(1, 0, 10, key(4, oval(300, 200, 90, 90)), key(5, oval(400, 250, 60, 120)))),
    ),
    "span": ("a mask hides no frame outside its own", _masks(mask(1, 3, 4, key(0, TRIANGLE)))),
    "edge": (
        "an oval cut by the last row and column covers them",
        _masks(mask(1, 0, 10, key(0, oval(48 * 16, 32 * 16, 100, 60)))),
    ),
    "outside": (
        "an oval outside the frame covers nothing in it",
        _masks(mask(1, 0, 10, key(0, oval(-5000, -5000, 100, 60)))),
    ),
    "touch": (
        "a centre exactly on the oval is covered",
        _masks(mask(1, 0, 10, key(0, oval(24 * 16 + 8, 16 * 16 + 8, 16, 32)))),
    ),
    "triangle": (
        "a polygon covers its inside and its edge",
        _masks(mask(1, 0, 10, key(0, TRIANGLE))),
    ),
    "evenodd": (
        "where a polygon covers twice, it covers nothing",
        _masks(
            mask(
                1, 0, 10, key(0, polygon((100, 200), (700, 200), (180, 480), (400, 40), (620, 480)))
            )
        ),
    ),
    "kinds": (
        "between shapes of two kinds the earlier holds",
        _masks(mask(1, 0, 10, key(0, TRIANGLE), key(6, oval(384, 256, 90, 90)))),
    ),
    "points": (
        "between polygons of different numbers of points the earlier holds",
        _masks(
            mask(1, 0, 10, key(0, TRIANGLE), key(6, polygon((0, 0), (90, 0), (90, 90), (0, 90))))
        ),
    ),
    "whole": (
        "a whole frame is hidden",
        _masks(mask(1, 5, 6, key(5, {"kind": "whole"}))),
    ),
    "union": (
        "where masks overlap, the place is hidden",
        _masks(
            mask(1, 0, 10, key(0, oval(300, 256, 120, 120))),
            mask(2, 4, 9, key(4, oval(420, 256, 120, 120))),
        ),
    ),
    "reveal-only": (
        "under reveal-only all is hidden but the regions, and masks win over them",
        lambda plan: plan.update(
            mode="reveal-only",
            masks=[mask(1, 5, 10, key(5, oval(384, 256, 80, 80)))],
            regions=[{**mask(1, 0, 8, key(0, oval(384, 256, 200, 160))), "id": "R0001"}],
        ),
    ),
    "shown": (
        "masks win over places that are shown",
        _shown(shown(1, 0, 10, ROUND), shown(2, 1, 3, key(1, TRIANGLE), person="P11")),
    ),
    "still": (
        "a mask over the frame that stays lies over all of the still",
        lambda plan: plan.update(
            masks=[mask(1, 2, 5, key(2, oval(384, 256, 160, 200)))], stills=[[3, 5], [8, 10]]
        ),
    ),
    "heard": ("a voice that is revealed by consent", _set("heard", to=[heard(10, 100)])),
    "vfr": (
        "frames may come at any times that increase",
        _set("clip", "video", "times", "runs", to=[[-3, 1, 4], [10, 0, 1], [17, 5, 5]]),
    ),
    "sound-only": (
        "a clip may have no picture",
        lambda plan: (
            plan["clip"].update(video=None),
            plan["output"].update(video=None),
            plan.update(masks=[]),
        ),
    ),
}

BAD: dict[str, tuple[str, Change]] = {
    "schema": ("another schema", _set("schema", to="plan/2")),
    "unknown-field": ("a field that the format does not have", _set("blur", to=9)),
    "unknown-nested": ("an unknown field inside a mask", _set("masks", 0, "margin", to=4)),
    "no-clip": ("a field that must be there is missing", _drop("clip")),
    "no-cpu": ("the CPU level is missing", _drop("cpu")),
    "look-blur": ("a look that does not exist", _set("look", to="blur")),
    "look-mosaic": ("a look of a mask that does not exist", _set("masks", 0, "look", to="mosaic")),
    "text-number": ("a number written as text", _set("masks", 0, "first", to="2")),
    "half-number": ("a fraction where a whole number must be", _set("masks", 0, "first", to=2.5)),
    "digest": ("a digest that is none", _set("clip", "sha256", to="0" * 63)),
    "digest-case": ("a digest in capitals", _set("clip", "sha256", to="A" * 64)),
    "size": ("a picture without width", _set("clip", "video", "width", to=0)),
    "timebase": (
        "a time base divided by zero",
        _set("clip", "video", "times", "timebase", to="1/0"),
    ),
    "times": (
        "times that do not increase",
        _set("clip", "video", "times", "runs", to=[[0, 1, 5], [4, 1, 5]]),
    ),
    "times-step": (
        "two frames at one time",
        _set("clip", "video", "times", "runs", to=[[0, 0, 10]]),
    ),
    "times-empty": (
        "a run without frames",
        _set("clip", "video", "times", "runs", to=[[0, 1, 10], [20, 1, 0]]),
    ),
    "rotation": ("a rotation that is no quarter turn", _set("clip", "video", "rotation", to=45)),
    "aspect": ("an aspect of zero", _set("clip", "video", "sample_aspect", to="0/1")),
    "seed": ("a seed of more than 64 bits", _set("grain_seed", to=1 << 64)),
    "mask-backwards": ("a mask that ends before it begins", _set("masks", 0, "end", to=2)),
    "mask-late": ("a mask that ends after the clip", _set("masks", 0, "end", to=11)),
    "mask-early": ("a mask that begins before the clip", _set("masks", 0, "first", to=-1)),
    "mask-twice": (
        "two masks of one id",
        _masks(mask(1, 0, 5, key(0, TRIANGLE)), mask(1, 5, 9, key(5, TRIANGLE))),
    ),
    "no-key": ("a mask without a shape", _keys()),
    "key-order": ("keys out of order", _keys(key(5, TRIANGLE), key(3, TRIANGLE))),
    "key-twice": ("two keys at one frame", _keys(key(3, TRIANGLE), key(3, TRIANGLE))),
    "kind": ("a shape of no known kind", _keys(key(2, {"kind": "box", "x0": 0}))),
    "flat": ("an oval without height", _keys(key(2, oval(384, 256, 160, 0)))),
    "two-points": ("a polygon of two points", _keys(key(2, polygon((0, 0), (9, 9))))),
    "point": (
        "a point of three numbers",
        _keys(key(2, {"kind": "polygon", "points": [[0, 0, 0]] * 3})),
    ),
    "far": ("a number beyond a million pixels", _keys(key(2, oval(1 << 25, 0, 9, 9)))),
    "regions": (
        "regions, but the mode shows everything",
        _set("regions", to=[{**mask(1, 0, 8, key(0, TRIANGLE)), "id": "R0001"}]),
    ),
    "shown-whole": (
        "a whole frame that is shown",
        _shown(shown(1, 0, 9, key(0, {"kind": "whole"}))),
    ),
    "shown-name": ("a name in place of an id", _shown(shown(1, 0, 9, ROUND, person="Ada"))),
    "shown-piece": ("no piece of a track", _shown(shown(1, 0, 9, ROUND, piece="T0001"))),
    "shown-record": ("a record that is no id", _shown(shown(1, 0, 9, ROUND, records=["yes"]))),
    "shown-no-record": ("shown without consent", _shown(shown(1, 0, 9, ROUND, records=[]))),
    "shown-late": ("shown after the clip", _shown(shown(1, 0, 11, ROUND))),
    "shown-twice": ("two of one id", _shown(shown(1, 0, 4, ROUND), shown(1, 5, 9, ROUND))),
    "shown-no-key": ("a shown place without a shape", _shown(shown(1, 0, 9))),
    "shown-field": ("an unknown field", _shown(shown(1, 0, 9, ROUND, why="head"))),
    "shown-regions": (
        "places are shown under reveal-only",
        lambda plan: plan.update(mode="reveal-only", shown=[shown(1, 0, 9, ROUND)]),
    ),
    "heard-muted": ("a voice that no span reveals", _set("heard", to=[heard(10, 101)])),
    "still-first": (
        "no frame before the still",
        lambda plan: plan.update(masks=[], stills=[[0, 2]]),
    ),
    "still-late": ("a still after the clip", _set("stills", to=[[9, 11]])),
    "still-bare": (
        "a mask of the frame that stays ends within the still",
        lambda plan: plan.update(masks=[mask(1, 2, 4, ROUND)], stills=[[3, 5]]),
    ),
    "still-moved": (
        "a mask of the frame that stays moves over the still",
        lambda plan: plan.update(
            masks=[mask(1, 2, 5, ROUND, key(4, oval(408, 256, 200, 200)))], stills=[[3, 5]]
        ),
    ),
    "still-chunk": (
        "the frame that stays is in another chunk",
        lambda plan: plan.update(masks=[], stills=[[5, 7]]),
    ),
    "still-regions": (
        "a frame stays under reveal-only",
        lambda plan: plan.update(mode="reveal-only", masks=[], stills=[[7, 8]]),
    ),
    "still-touch": (
        "two stills with no frame between",
        lambda plan: plan.update(masks=[], stills=[[6, 7], [7, 8]]),
    ),
    "sound-stranger": ("a sound track that the clip has not", _set("sound", 0, "stream", to=7)),
    "sound-twice": ("a sound track named twice", _set("sound", to=[{"stream": 1}, {"stream": 1}])),
    "span-late": (
        "a span that ends after the sound",
        _set("sound", 0, "spans", 0, "end", to=19201),
    ),
    "span-backwards": (
        "a span that ends before it begins",
        _set("sound", 0, "spans", 0, "end", to=0),
    ),
    "span-action": (
        "an action that does not exist",
        _set("sound", 0, "spans", 0, "action", to="copy"),
    ),
    "out-sound": ("the clip's sound is missing in the output", _set("output", "sound", to=[])),
    "out-picture": (
        "the clip's picture is missing in the output",
        _set("output", "video", to=None),
    ),
    "container": (
        "a container that safehouse does not write",
        _set("output", "container", to="mkv"),
    ),
    "codec": ("a codec that safehouse does not write", _set("output", "video", "codec", to="copy")),
    "pixel-format": (
        "a pixel format whose samples do not lie in planes",
        _set("output", "video", "pix_fmt", to="uyvy422"),
    ),
    "chunk-gap": (
        "frames between chunks",
        _set("output", "video", "chunks", to=[[0, 5, 0], [6, 10, 0]]),
    ),
    "chunk-overlap": (
        "frames in two chunks",
        _set("output", "video", "chunks", to=[[0, 5, 0], [4, 10, 0]]),
    ),
    "chunk-short": (
        "frames after the last chunk",
        _set("output", "video", "chunks", to=[[0, 9, 0]]),
    ),
    "chunk-decode": (
        "a chunk that is decoded from after its first frame",
        _set("output", "video", "chunks", to=[[0, 5, 0], [5, 10, 6]]),
    ),
    "chunk-empty": (
        "a chunk without frames",
        _set("output", "video", "chunks", to=[[0, 0, 0], [0, 10, 0]]),
    ),
}

OPTIONS = ("output", "video", "options")
BAD |= {
    "option-name": (
        "a setting of the encoder that a plan may not hold",
        _set(*OPTIONS, "stats", to="x"),
    ),
    "option-path": ("a setting that names a file", _set(*OPTIONS, "preset", to="../../x")),
    "option-passes": (
        "flags that make the encoder write a file",
        _set(*OPTIONS, "flags", to="+pass1"),
    ),
    "option-dump": (
        "a file's name inside the encoder's own list",
        _set(*OPTIONS, "x264-params", to="open-gop=0:dump-yuv=/tmp/x"),
    ),
    "option-threads": (
        "more threads than the one that keeps the bytes",
        _set(*OPTIONS, "threads", to="8"),
    ),
}

RAW: dict[str, tuple[str, bytes]] = {
    "empty": ("no text at all", b""),
    "cut": ("JSON that breaks off", json.dumps(base()).encode()[:-40]),
    "list": ("JSON, but no object", b"[]"),
    "utf16": ("JSON in UTF-16", json.dumps(base()).encode("utf-16")),
    "nan": (
        "a number that is none",
        json.dumps(base()).replace('"first": 2', '"first": NaN').encode(),
    ),
    "deep": ("ten thousand brackets", b'{"masks": ' + b"[" * 10_000),
    "tail": ("text after the plan", json.dumps(base()).encode() + b" {}"),
    "not-utf8": (
        "bytes that are no UTF-8",
        json.dumps(base()).encode().replace(b"C0001", b"C\xff\xfe1"),
    ),
}


def shape_at(keys: list[Plan], frame: int) -> Plan:
    """Return the shape at a frame, by the rule of docs/plan-format.md in exact fractions."""
    before = [k for k in keys if k["frame"] <= frame]
    after = [k for k in keys if k["frame"] > frame]
    if not before or not after:
        return dict((before or after[:1])[-1]["shape"])
    a, b = before[-1], after[0]
    one, two = a["shape"], b["shape"]
    part = Fraction(frame - a["frame"], b["frame"] - a["frame"])
    if one["kind"] == two["kind"] == "ellipse":
        exact = {n: one[n] + (two[n] - one[n]) * part for n in ("cx", "cy", "rx", "ry")}
        return oval(floor(exact["cx"]), floor(exact["cy"]), ceil(exact["rx"]), ceil(exact["ry"]))
    if one["kind"] == two["kind"] == "polygon" and len(one["points"]) == len(two["points"]):
        pairs = zip(one["points"], two["points"], strict=True)
        return polygon(
            *(
                (floor(p[0] + (q[0] - p[0]) * part), floor(p[1] + (q[1] - p[1]) * part))
                for p, q in pairs
            )
        )
    return dict(one)


def covers(shape: Plan, x: int, y: int) -> bool:
    """Return whether a shape covers the centre of a pixel."""
    at_x, at_y = 16 * x + 8, 16 * y + 8
    if shape["kind"] == "whole":
        return True
    if shape["kind"] == "ellipse":
        dx, dy, rx, ry = at_x - shape["cx"], at_y - shape["cy"], shape["rx"], shape["ry"]
        return bool(dx * dx * ry * ry + dy * dy * rx * rx <= rx * rx * ry * ry)
    return _in_polygon(shape["points"], at_x, at_y)


def _in_polygon(points: list[list[int]], x: int, y: int) -> bool:
    """Even-odd rule; a point on an edge is inside."""
    inside = False
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
        cross = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
        between = min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1)
        if cross == 0 and between:
            return True
        if (y0 > y) != (y1 > y) and Fraction((x1 - x0) * (y - y0), y1 - y0) > x - x0:
            inside = not inside
    return inside


def hidden(plan: Plan, frame: int) -> bytes:
    """Return a byte a pixel, row by row: 1 where the frame is hidden, else 0."""
    masks = [m for m in plan["masks"] if m["first"] <= frame < m["end"]]
    regions = [r for r in plan.get("regions", []) if r["first"] <= frame < r["end"]]
    hides = [shape_at(m["keys"], frame) for m in masks]
    shows = [shape_at(r["keys"], frame) for r in regions]
    all_hidden = plan.get("mode") == "reveal-only"
    return bytes(
        any(covers(shape, x, y) for shape in hides)
        or (all_hidden and not any(covers(shape, x, y) for shape in shows))
        for y in range(HEIGHT)
        for x in range(WIDTH)
    )


def _write(name: str, header: list[str], body: bytes) -> None:
    text = "\n".join(header).encode() + b"\n\n" + body
    (VECTORS / f"plan-{name}.vec").write_bytes(text)


def _body(change: Change) -> tuple[Plan, bytes]:
    plan = copy.deepcopy(base())
    change(plan)
    return plan, json.dumps(plan, indent=1).encode() + b"\n"


def main() -> None:
    """Write every vector anew."""
    VECTORS.mkdir(parents=True, exist_ok=True)
    for name, (why, change) in GOOD.items():
        plan, body = _body(change)
        header = ["expect: ok", f"why: {why}"]
        for frame in range(FRAMES) if plan["clip"]["video"] else ():
            bits = hidden(plan, frame)
            header.append(f"hidden: {frame} {sum(bits)} {hashlib.sha256(bits).hexdigest()}")
        _write(f"ok-{name}", header, body)
    for name, (why, change) in BAD.items():
        _write(f"bad-{name}", ["expect: refuse-E30", f"why: {why}"], _body(change)[1])
    for name, (why, body) in RAW.items():
        _write(f"raw-{name}", ["expect: refuse-E30", f"why: {why}"], body)


if __name__ == "__main__":
    main()
