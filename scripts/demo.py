"""Makes a clip of a real face, protects it, and says where to look: `make demo`.

The face is `skimage.data.astronaut()`, a portrait by NASA in the public domain that comes inside
scikit-image. It is cut out, moved over a drawn room, turned, taken out of the frame and brought
back; tags that name a maker and a place are planted. Nothing is fetched.
"""

import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut

Picture = NDArray[Any]
Floats = NDArray[Any]

WIDTH, HEIGHT, RATE, SECONDS = 1280, 720, 25, 10
RATE_HZ = 48_000
TABLE = HEIGHT - 96
"""Row at which the table begins, behind which the person stands."""

BUST_ROWS = 336
"""Rows of the portrait that are used: head and collar, none of the patches with names."""

PLANTED = {
    "title": "Interview with a witness",
    "artist": "Demo Camerawoman",
    "comment": "filmed at the safe flat",
    "com.apple.quicktime.make": "DemoCam",
    "com.apple.quicktime.model": "DC-100",
    "com.apple.quicktime.location.ISO6709": "+12.3456-098.7654+010.000/",
    "com.apple.quicktime.creationdate": "2026-01-02T03:04:05+0600",
}
"""Tags that would tell who filmed what, where and when; none may be in the film."""


@dataclass(frozen=True)
class Pose:
    """Where the person is: centre and top of the head, px; size; turn, radians; speed, px."""

    x: float
    top: float
    scale: float
    turn: float
    speed: float


def cut_out() -> Floats:
    """Return the portrait's head and collar with a soft edge: premultiplied BGRA, 0 … 1."""
    picture = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR)
    guess = np.full(picture.shape[:2], cv2.GC_BGD, np.uint8)
    cv2.ellipse(guess, (225, 110), (95, 110), 0, 0, 360, cv2.GC_PR_FGD, -1)
    body = np.array(
        [(10, 512), (40, 280), (115, 190), (150, 150), (300, 150), (420, 300), (450, 512)]
    )
    cv2.fillPoly(guess, [body], cv2.GC_PR_FGD)
    cv2.ellipse(guess, (224, 105), (45, 75), 0, 0, 360, cv2.GC_FGD, -1)
    cv2.ellipse(guess, (208, 222), (90, 66), 14, 0, 360, cv2.GC_FGD, -1)
    cv2.setRNGSeed(1)
    cv2.grabCut(
        picture, guess, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 6, cv2.GC_INIT_WITH_MASK
    )
    solid: Picture = np.isin(guess, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    solid = cv2.erode(cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((7, 7))), np.ones((3, 3)))
    alpha = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 1.2)[..., None]
    layer = np.concatenate([picture.astype(np.float32) / 255 * alpha, alpha], axis=2)
    return layer[:BUST_ROWS].astype(np.float32)


def room() -> Floats:
    """Return a wall with light from a window, larger than the frame by 32 px on each side."""
    y, x = np.mgrid[0 : HEIGHT + 64, 0 : WIDTH + 64].astype(np.float32)
    wall = 0.42 - 0.16 * x / WIDTH - 0.10 * y / HEIGHT
    slant = x + 0.35 * y
    window = ((slant > 330) & (slant < 660) & (y > 90) & (y < 470)).astype(np.float32)
    window *= 1 - ((np.abs(slant - 495) < 9) | (np.abs(y - 280) < 8)).astype(np.float32)
    wall += 0.22 * cv2.GaussianBlur(window, (0, 0), 9)
    shelf = ((y > 300) & (y < 318) & (x > 900)).astype(np.float32)
    for left, wide, high in ((930, 40, 120), (975, 28, 95), (1010, 52, 140), (1070, 34, 110)):
        shelf += 0.6 * ((x > left) & (x < left + wide) & (y > 300 - high) & (y <= 300))
    wall -= 0.14 * cv2.GaussianBlur(shelf, (0, 0), 2.5)
    colour = wall[..., None] * np.array([0.86, 0.97, 1.08], np.float32)
    return np.asarray(np.clip(colour, 0, 1), np.float32)


def table(picture: Floats) -> None:
    """Draw the edge of a table over the bottom of a picture, in place."""
    picture[TABLE:] = np.linspace(0.17, 0.08, HEIGHT - TABLE, dtype=np.float32)[:, None, None]
    picture[TABLE:] *= np.array([0.7, 0.9, 1.15], np.float32)
    picture[TABLE : TABLE + 3] += 0.12


def pose_at(t: float) -> Pose:
    """Return where the person is at a time in seconds: talks, leaves, comes back, comes close."""
    times = [0.0, 2.6, 4.5, 5.7, 7.4, 10.0]
    places = [470.0, 520.0, 1560.0, 1560.0, 720.0, 600.0]

    def x_at(when: float) -> float:
        part = np.searchsorted(times, min(max(when, 0), times[-1] - 1e-6), side="right")
        a, b = times[part - 1], times[part]
        s = (when - a) / (b - a)
        smooth = s * s * (3 - 2 * s)
        return places[part - 1] + (places[part] - places[part - 1]) * smooth

    speed = x_at(t + 0.02) - x_at(t - 0.02)
    turn = 0.45 * math.sin(2.1 * t) + 0.01 * speed
    walk = 9 * abs(math.sin(5.5 * t)) * min(1.0, abs(speed) / 8)
    scale = 1.25 + 0.45 * max(0.0, (t - 6.5) / 3.5)
    sway = 14 * math.sin(1.3 * t)
    top = TABLE + 45 - BUST_ROWS * scale - walk + 4 * math.sin(2.7 * t)
    return Pose(x_at(t) + sway, top, scale, turn, speed)


def put_person(picture: Floats, layer: Floats, pose: Pose) -> None:
    """Draw the person into a picture, in place, turned about the upright axis, with blur."""
    corners = np.array([(0, 0), (512, 0), (512, BUST_ROWS), (0, BUST_ROWS)], np.float32)
    seen = np.array([_seen_at(u - 222, v - 15, pose) for u, v in corners], np.float32)
    left = min(max(int(seen[:, 0].min()) - 24, 0), WIDTH - 1)
    right = max(min(int(seen[:, 0].max()) + 24, WIDTH), left + 1)
    seen[:, 0] -= left
    matrix = cv2.getPerspectiveTransform(corners, seen)
    person = cv2.warpPerspective(layer, matrix, (right - left, HEIGHT), flags=cv2.INTER_AREA)
    person = cv2.blur(person, (max(1, round(abs(pose.speed) * 0.5)), 1))
    light = np.float32(0.95 - 0.22 * min(max(pose.x, 0), WIDTH) / WIDTH)
    picture[:, left:right] *= 1 - person[..., 3:]
    picture[:, left:right] += person[..., :3] * light


def _seen_at(right: float, down: float, pose: Pose) -> tuple[float, float]:
    """Return where a point of the turned bust is seen; right and down from the top of the head."""
    near = 1400 / (1400 + right * math.sin(pose.turn))
    x = pose.x + right * math.cos(pose.turn) * near * pose.scale
    return x, pose.top + ((down - 100) * near + 100) * pose.scale


def pictures() -> Iterator[Picture]:
    """Yield every frame of the clip, shape (720, 1280, 3) uint8, BGR."""
    layer, wall = cut_out(), room()
    chance = np.random.default_rng(7)
    grain = chance.normal(0, 0.012, (HEIGHT + 64, WIDTH + 64, 1)).astype(np.float32)
    for n in range(RATE * SECONDS):
        t = n / RATE
        right, down = -32 + 5 * math.sin(1.7 * t), -32 + 4 * math.sin(2.3 * t + 1)
        shake = np.array([[1, 0, right], [0, 1, down]], np.float32)
        picture: Floats = cv2.warpAffine(wall, shake, (WIDTH, HEIGHT))
        put_person(picture, layer, pose_at(t))
        table(picture)
        x, y = chance.integers(0, 64, 2)
        picture += grain[y : y + HEIGHT, x : x + WIDTH]
        yield np.clip(picture * 255, 0, 255).astype(np.uint8)


def voice() -> NDArray[np.float32]:
    """Return a sound like a voice, (1, samples): a buzzing tone in syllables, with formants."""
    t = np.arange(RATE_HZ * SECONDS) / RATE_HZ
    pitch = 165 + 22 * np.sin(2 * np.pi * 0.37 * t) + 9 * np.sin(2 * np.pi * 2.9 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    formants = ((620, 110), (1180, 150), (2500, 240))
    sound = np.zeros_like(t)
    for n in range(1, 22):
        loud = sum(math.exp(-(((165 * n - f) / w) ** 2) / 2) for f, w in formants)
        sound += (0.06 / n + loud) * np.sin(n * phase)
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * t) + 0.35 * np.sin(2 * np.pi * 0.9 * t), 0, 1)
    return (0.12 * sound * syllables)[None].astype(np.float32)


def write_clip(path: Path) -> None:
    """Write the clip, H.264 and AAC in MOV, with the planted tags."""
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as out:
        out.metadata.update(PLANTED)
        video = out.add_stream("libx264", rate=RATE, options={"crf": "20", "preset": "veryfast"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = out.add_stream("aac", rate=RATE_HZ, layout="mono")
        for picture in pictures():
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        out.mux(video.encode())
        samples = voice()
        for first in range(0, samples.shape[1], 1024):
            part = np.ascontiguousarray(samples[:, first : first + 1024])
            block = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            block.sample_rate, block.pts, block.time_base = RATE_HZ, first, Fraction(1, RATE_HZ)
            out.mux(sound.encode(block))
        out.mux(sound.encode())


def frames_of(path: Path, wanted: tuple[int, ...]) -> list[Picture]:
    """Return some frames of a film, BGR, in the order of wanted."""
    with av.open(str(path)) as film:
        found = {
            n: frame.to_ndarray(format="bgr24")
            for n, frame in enumerate(film.decode(video=0))
            if n in wanted
        }
    return [found[n] for n in wanted]


def write_picture(clip: Path, film: Path, path: Path) -> None:
    """Write a picture of three moments, before above after, in few enough colours to be small."""
    from PIL import Image

    wanted = (20, 95, 225)
    rows = [np.hstack([_small(f) for f in frames_of(p, wanted)]) for p in (clip, film)]
    rows.insert(1, np.full((6, rows[0].shape[1], 3), 255, np.uint8))
    picture = Image.fromarray(cv2.cvtColor(np.vstack(rows), cv2.COLOR_BGR2RGB))
    picture.quantize(256, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)


def _small(frame: Picture) -> Picture:
    return np.asarray(cv2.resize(frame, (320, 180), interpolation=cv2.INTER_AREA), np.uint8)


def main(arguments: list[str]) -> int:
    """Make the clip in a folder and protect it; return the command's exit code.

    A second argument names where the picture goes; beside the clip unless said.
    """
    folder = Path(arguments[0])
    folder.mkdir(exist_ok=True)
    clip, film = folder / "interview.mov", folder / "protected.mov"
    picture = Path(arguments[1]) if len(arguments) > 1 else folder / "before-after.png"
    print(f"making a clip of a public-domain portrait: {clip}", flush=True)
    write_clip(clip)
    command = ["protect", str(clip), "-o", str(film), "--overwrite"]
    print(f"safehouse {' '.join(command)}", flush=True)
    done = subprocess.run([sys.executable, "-m", "safehouse", *command], check=False)
    if done.returncode:
        return done.returncode
    write_picture(clip, film, picture)
    report = (folder / "protected.private" / "report.html").resolve()
    print(f"\nlook at:\n  the clip     {clip.resolve()}\n  the film     {film.resolve()}")
    print(f"  side by side {picture.resolve()}\n  the report   {report.as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
