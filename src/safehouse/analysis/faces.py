"""Looks at the faces of pieces closely enough to tell people apart: dlib's embedding.

An embedding is biometric data. It is handed back in memory, goes into the sealed project alone,
and can be forgotten there. Source: dlib's ResNet of 2017 and its 5-point model (both CC0); the
embedding is known to be weaker on East Asian faces, so that what is made of it only suggests.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import dlib
import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.analysis.picture import rgb_rule
from safehouse.analysis.pieces import Span
from safehouse.analysis.upright import display_turns
from safehouse.analysis.weights import find_model
from safehouse.media.reader import read_range
from safehouse.model.acts_clips import Piece
from safehouse.model.box import Box
from safehouse.model.clip import Colour, VideoStream, parse_fraction
from safehouse.model.findings import Findings, Sample, Track
from safehouse.model.frame import OriginalFrame
from safehouse.model.plan import Chunk

__all__ = ["Look", "choose_looks", "jumps_of", "look_at_faces"]

EMBEDDING_FILE = "dlib_face_recognition_resnet_model_v1.dat"
EMBEDDING_SHA256 = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
POINTS_FILE = "shape_predictor_5_face_landmarks.dat"
POINTS_SHA256 = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"

LENGTH = 128
"""Numbers in an embedding."""

LEAST_PX = 20
"""Shorter side of the smallest face that is looked at, px; of smaller ones nothing is told."""

LOOKS, EVERY_S = 6, 1.5
"""Most looks at one piece, and seconds between them at least, but for two in any case."""

BASE, EACH = 40, 20
"""Looks in a clip: 40, and one more every 20 frames. One takes 65 ms of CPU: 3.3 ms a frame."""

SEEN_PX = 200
"""Edge that the crop of a face is brought to before HOG looks for the face in it."""

AROUND = 0.55
"""Room around a face's box in that crop, in its own size; HOG looks at 80 px and more."""

CHIP_PX, PADDING = 150, 0.25
"""Edge of the upright face that the network is shown, and the room around it, as it was taught."""

LARGE_PX, BLURRED, UNSEEN = 70, 25.0, 0.4
"""Edge from which more px tell no more; variance of the Laplacian that halves a view's worth; and
what is left of it where HOG sees no face."""

JUMP = 0.68
"""Distance of two good views of one track from which they are of two people."""

JUMP_WORTH = 0.35
"""Worth of both views from which such a jump is believed."""

LEAST_HOG = -0.2
"""Score from which HOG's face is believed in a crop where the finder saw one."""

Embedding = NDArray[np.float32]
Rgb = NDArray[np.uint8]


class Look(msgspec.Struct, frozen=True, array_like=True):
    """One view of a face.

    Attributes:
        track, frame: what was looked at.
        worth: how much the view tells, 0 … 1: large, turned to the camera, sharp.
        embedding: 128 float32, little-endian.
    """

    track: str
    frame: int
    worth: float
    embedding: bytes

    @property
    def vector(self) -> Embedding:
        """The embedding, shape (128,)."""
        return np.frombuffer(self.embedding, np.dtype("<f4"))


def choose_looks(findings: Findings, pieces: Sequence[Piece]) -> dict[int, list[Track]]:
    """Return which tracks are looked at in which frames: the best views, spread over each piece.

    Pieces in which two heads overlap, or nothing was seen, are not looked at. Every piece gets a
    first look before any gets a second, larger faces first.
    """
    video = findings.clip.video
    if video is None:
        return {}
    tracks = {track.id: track for track in findings.tracks}
    apart = max(1, round(EVERY_S * parse_fraction(video.rate)))
    rows: list[tuple[int, float, int, str]] = []
    for piece in pieces:
        if piece.why in {"overlap", "bridge"}:
            continue
        views = _views(tracks[piece.track], (piece.first, piece.end), apart)
        rows += [(rank, -size, frame, piece.track) for rank, (size, frame) in enumerate(views)]
    rows.sort()
    chosen: dict[int, list[Track]] = {}
    for _, _, frame, track in rows[: BASE + video.times.count // EACH]:
        chosen.setdefault(frame, []).append(tracks[track])
    return dict(sorted(chosen.items()))


def look_at_faces(
    path: Path,
    findings: Findings,
    chosen: Mapping[int, Sequence[Track]],
    progress: Callable[[int, int], None] | None = None,
) -> list[Look]:
    """Return the looks at a clip's faces, in the order of their frames.

    Args:
        path: the clip; opened for reading only.
        findings: of the clip.
        chosen: frame → tracks, as `choose_looks` gives them.
        progress: is called with the looks done and the looks there are.

    Raises:
        SourceError: the clip can't be read, or is not the one that was analysed.
        EnvironmentLacks: a model is missing.
    """
    video = findings.clip.video
    if video is None or not chosen:
        return []
    looks: list[Look] = []
    total, done = sum(len(tracks) for tracks in chosen.values()), 0
    turns = display_turns(video)
    for frame in _frames(path, video, sorted(chosen), findings.key_frames):
        for track in chosen[frame.index]:
            sample = track.samples[frame.index - track.first]
            found = _look(frame, sample, video.colour, turns)
            done += 1
            if found is not None:
                worth, vector = found
                text = vector.astype("<f4").tobytes()
                looks.append(Look(track.id, frame.index, round(worth, 3), text))
        if progress:
            progress(done, total)
    return looks


def jumps_of(looks: Sequence[Look], pieces: Sequence[Piece]) -> dict[str, list[Span]]:
    """Return within which frames of a piece its face becomes another one, by track.

    Two good views next to one another in time are too far apart; what lies between them, the second
    view not included, is unknown.
    """
    jumps: dict[str, list[Span]] = {}
    by_track: dict[str, list[Look]] = {}
    for look in sorted(looks, key=lambda look: look.frame):
        if look.worth >= JUMP_WORTH:
            by_track.setdefault(look.track, []).append(look)
    for piece in pieces:
        own = [k for k in by_track.get(piece.track, []) if piece.first <= k.frame < piece.end]
        for a, b in pairwise(own):
            if float(np.linalg.norm(a.vector - b.vector)) > JUMP:
                jumps.setdefault(piece.track, []).append((a.frame + 1, b.frame))
    return jumps


def _views(track: Track, span: Span, apart: int) -> list[tuple[float, int]]:
    """Return (size, frame) of the best views of a span, the best of all first."""
    count = min(LOOKS, max(2, (span[1] - span[0]) // apart))
    edges = [span[0] + (span[1] - span[0]) * n // count for n in range(count + 1)]
    views = []
    for first, end in pairwise(edges):
        best = max(
            ((_size(s), s.frame) for s in track.samples[first - track.first : end - track.first]),
            default=(0.0, first),
        )
        if best[0] >= LEAST_PX:
            views.append(best)
    return sorted(views, reverse=True)


def _size(sample: Sample) -> float:
    """Return the face's shorter side, px, less where the detector is in doubt; 0 where unseen."""
    if sample.face is None or sample.source != "seen":
        return 0.0
    return min(sample.face.width, sample.face.height) * min(1.0, 0.5 + sample.score)


def _frames(
    path: Path, video: VideoStream, wanted: Sequence[int], keys: Sequence[int]
) -> Iterator[OriginalFrame]:
    """Yield the wanted frames, in order; decoding leaps where a key frame lies between two."""
    starts = [max((key for key in keys if key <= frame), default=0) for frame in wanted]
    first = 0
    for n in range(1, len(wanted) + 1):
        if n < len(wanted) and starts[n] <= wanted[n - 1]:
            continue
        chunk = Chunk(wanted[first], wanted[n - 1] + 1, starts[first])
        own = frozenset(wanted[first:n])
        yield from (f for f in read_range(path, video, chunk) if f.index in own)
        first = n


def _look(
    frame: OriginalFrame, sample: Sample, colour: Colour, turns: int
) -> tuple[float, Embedding] | None:
    """Return the worth of a view and the embedding; None where no face can be cut out."""
    face = sample.face
    if face is None or frame.corrupt:
        return None
    part = face.grow(round(AROUND * face.width), round(AROUND * face.height))
    part = part.clip(frame.width, frame.height)
    if min(part.width, part.height) < LEAST_PX:
        return None
    scale = min(4.0, SEEN_PX / min(face.width, face.height) / (1 + AROUND))
    straight = _part_of(frame, part, colour, scale)
    picture, place, seen = _upright_face(straight, turns)
    points = _points()(picture, place)
    chip = dlib.get_face_chip(picture, points, CHIP_PX, PADDING)
    vector = np.array(_network().compute_face_descriptor(chip), np.float32)
    large = min(1.0, min(face.width, face.height) / LARGE_PX)
    worth = large * _frontal(points) * _sharp(chip) * (1.0 if seen else UNSEEN)
    return float(worth), vector


def _upright_face(straight: Rgb, turns: int) -> tuple[Rgb, Any, bool]:
    """Return a crop turned upright, the rectangle of its face, and whether HOG saw one there.

    Where none is seen as the clip says it is turned, the other turns are tried: a camera that hangs
    or lies says nothing of it.
    """
    for more in (0, 1, 3, 2):
        picture = np.ascontiguousarray(np.rot90(straight, turns + more), np.uint8)
        boxes, scores, _ = _hog().run(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), 0, LEAST_HOG)
        if boxes:
            return picture, boxes[int(np.argmax(scores))], True
    picture = np.ascontiguousarray(np.rot90(straight, turns), np.uint8)
    return picture, _middle_of(picture), False


def _middle_of(picture: Rgb) -> Any:
    """Return where the face is in a crop around the box of the finder: a square at its chin."""
    height, width = picture.shape[:2]
    x, y = width * AROUND / (1 + 2 * AROUND), height * AROUND / (1 + 2 * AROUND)
    side = (width - 2 * x + height - 2 * y) / 2
    left, low = (width - side) / 2, height - y
    return dlib.rectangle(*(round(edge) for edge in (left, low - side, left + side, low)))


def _part_of(frame: OriginalFrame, part: Box, colour: Colour, scale: float) -> Rgb:
    """Return a part of a frame as RGB, scaled, shape (h, w, 3)."""
    layout = frame.layout
    planes = []
    for n, plane in enumerate(frame.planes):
        x, y = (layout.shift_x, layout.shift_y) if n else (0, 0)
        own = plane[part.y0 >> y : -(-part.y1 >> y), part.x0 >> x : -(-part.x1 >> x)]
        eight = (own >> max(0, layout.depth - 8)).astype(np.float32)
        planes.append(cv2.resize(eight, (part.width, part.height)))
    if len(planes) == 1:
        planes += [np.full_like(planes[0], 128.0)] * 2
    matrix, offset = rgb_rule(layout, colour)
    rgb = np.clip(np.stack(planes, axis=-1) @ matrix.T + offset, 0, 255).astype(np.uint8)
    size = (max(1, round(part.width * scale)), max(1, round(part.height * scale)))
    how = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(rgb, size, interpolation=how), np.uint8)


def _frontal(points: Any) -> float:
    """Return how far a face is turned to the camera: 1 straight, 0 in profile."""
    at = np.array([(points.part(n).x, points.part(n).y) for n in range(5)], np.float64)
    left, right, nose = (at[0] + at[1]) / 2, (at[2] + at[3]) / 2, at[4]
    across = right - left
    wide = float(across @ across)
    if wide <= 1.0:
        return 0.0
    aside = abs(float((nose - (left + right) / 2) @ across) / wide)
    return max(0.0, 1.0 - 2.0 * aside)


def _sharp(chip: Rgb) -> float:
    """Return how sharp a face is, 0 … 1."""
    edges = cv2.Laplacian(cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY), cv2.CV_64F)
    variance = float(np.var(edges))
    return variance / (variance + BLURRED)


@lru_cache(maxsize=1)
def _hog() -> Any:
    return dlib.get_frontal_face_detector()


@lru_cache(maxsize=1)
def _points() -> Any:
    return dlib.shape_predictor(str(find_model(POINTS_FILE, POINTS_SHA256)))


@lru_cache(maxsize=1)
def _network() -> Any:
    return dlib.face_recognition_model_v1(str(find_model(EMBEDDING_FILE, EMBEDDING_SHA256)))
