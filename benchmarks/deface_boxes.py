"""Prints what deface 1.5.0 hides in given frames; run by `seen.py` in deface's own environment.

    python deface_boxes.py CLIP 0,5,10 > boxes.json

Its own code at its defaults: threshold 0.2, one look at the frame's own size, and the ellipse in
the box grown by 1.3 and clipped to the frame (`deface.py`: `scale_bb`, `anonymize_frame`).
"""

import json
import sys

import av
from deface.centerface import CenterFace


def main() -> None:
    """Print {"frame": [[x0, y0, x1, y1], …]}, the boxes of the ellipses, in px."""
    wanted = {int(number) for number in sys.argv[2].split(",")}
    look, found = CenterFace(), {}
    with av.open(sys.argv[1]) as source:
        for number, frame in enumerate(source.decode(source.streams.video[0])):
            if number in wanted:
                faces, _ = look(frame.to_ndarray(format="rgb24"), threshold=0.2)
                size = (frame.width - 1, frame.height - 1)
                found[number] = [grown(face[:4], size) for face in faces.tolist()]
    print(json.dumps(found))


def grown(face: list[float], size: tuple[int, int]) -> list[int]:
    """Return the box whose ellipse deface hides: 0.3 of its size more a side, then clipped."""
    x0, y0, x1, y1 = (int(side) for side in face)
    dx, dy = 0.3 * (x1 - x0), 0.3 * (y1 - y0)
    return [
        max(0, round(x0 - dx)),
        max(0, round(y0 - dy)),
        min(size[0], round(x1 + dx)),
        min(size[1], round(y1 + dy)),
    ]


if __name__ == "__main__":
    main()
