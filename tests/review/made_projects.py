"""Projects for the page's tests: a clip with a face that anybody may show, analysed by hand."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from faces import write_face_clip

from safehouse.media.reader import ClipReader
from safehouse.model.acts import (
    AddClip,
    AnalyseClip,
    DescribePerson,
    Piece,
    Question,
    Suggestion,
    SuggestPieces,
)
from safehouse.model.box import Box
from safehouse.model.clip import Clip
from safehouse.model.consent import Person
from safehouse.model.findings import Detector, Findings, Sample, Track

FRAMES = 60
CUT = 36


def head_at(frame: int) -> Box:
    """Where the portrait's head is in a frame of `faces.face_frame`, with hair and chin."""
    left = 40 + 3 * frame % 300
    return Box(left + 90, 50, left + 230, 240)


def findings_of(path: Path, clip_id: str, *, shots: tuple[int, ...] = (0, CUT)) -> Findings:
    """Findings of a face clip as analysis would write them: a track a shot."""
    with ClipReader(path, clip_id) as reader:
        for _ in reader.frames():
            pass
        clip: Clip = reader.clip()
        keys = reader.key_frames()
    count = clip.video.times.count if clip.video else 0
    ends = (*shots[1:], count)
    tracks = tuple(
        Track(
            f"T{n:04d}",
            first,
            end,
            tuple(Sample(f, head_at(f), 0.9, "seen", head_at(f)) for f in range(first, end)),
        )
        for n, (first, end) in enumerate(zip(shots, ends, strict=True), 1)
    )
    return Findings(
        clip=clip,
        shots=shots,
        tracks=tracks,
        unsure=(),
        corrupt=(),
        key_frames=keys,
        detector=Detector("by hand", "0" * 64, "f32", 640, 360, 1),
    )


def analysed(findings: Findings, text: bytes) -> AnalyseClip:
    """The act that puts findings into a project: a piece a track, and three questions."""
    clip, video = findings.clip, findings.clip.video
    assert video is not None
    pieces = tuple(
        Piece(
            f"{clip.id}-A{n:03d}",
            track.id,
            track.first,
            track.end,
            "track",
            track.first,
            (head_at(track.first).x0, 50, head_at(track.first).x1, 240),
            0.1,
        )
        for n, track in enumerate(findings.tracks, 1)
    )
    questions = (
        Question(f"{clip.id}-Q001", "begins", 0, 4, "T0001", 0.5, "a head begins out of nothing"),
        Question(f"{clip.id}-Q002", "weak", 20, 26, "T0001", 0.7, "weak detection"),
        Question(f"{clip.id}-Q003", "near", CUT, CUT + 9, "T0002", 0.6, "may be P02: 0.45 apart"),
    )
    return AnalyseClip(
        clip=clip.id,
        findings_sha256=hashlib.sha256(text).hexdigest(),
        width=video.width,
        height=video.height,
        rotation=video.rotation,
        frames=video.times.count,
        rate=video.rate,
        seconds=2.4,
        shots=len(findings.shots),
        sound_tracks=len(clip.sound),
        pieces=pieces,
        questions=questions,
    )


def fill_project(project: Any, folder: Path, clip_id: str = "C0001") -> Path:
    """Put a face clip with two people's guesses into a project; returns the clip's path."""
    path = folder / f"{clip_id}.mov"
    write_face_clip(path, FRAMES)
    findings = findings_of(path, clip_id)
    text = msgspec.json.encode(findings)
    facts = path.stat()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    project.act(
        AddClip(
            clip=clip_id,
            path=str(path),
            sha256=digest,
            size_bytes=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
        )
    )
    project.files.put(f"findings/{clip_id}.json", text)
    project.act(analysed(findings, text))
    project.act(DescribePerson(Person(id="P01")), DescribePerson(Person(id="P02")))
    rows = tuple(
        Suggestion(f"{clip_id}-A{n:03d}", f"P0{n}", 0.3 + n / 10)
        for n in range(1, len(findings.tracks) + 1)
    )
    project.act(SuggestPieces(rows))
    return path


@contextmanager
def made_project(folder: Path) -> Iterator[Any]:
    """An open project with one clip, closed at the end."""
    from safehouse.store.project import create_project

    folder.mkdir(parents=True, exist_ok=True)
    place = folder / "project"
    with create_project(
        place, passphrase=None, recipient=None, unsealed=True, who="reviewer"
    ) as project:
        fill_project(project, folder)
        yield project
