"""What a worker process does: one function a job, each reading and writing files only.

The stages are imported inside the functions: the command itself never loads a decoder or a model.
"""

import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from safehouse import memory
from safehouse.model.documents import format_document, parse_document
from safehouse.store.atomic import write_whole

if TYPE_CHECKING:
    from safehouse.choices import Speech
    from safehouse.media.inspect import Inspection
    from safehouse.model.clip import Clip, SoundStream, VideoStream
    from safehouse.model.plan import Plan
    from safehouse.model.voices import Voices

__all__ = [
    "TOLD",
    "analyse_job",
    "chunk_job",
    "doctor_job",
    "inspect_job",
    "join_job",
    "made_job",
    "measure_job",
    "output_job",
    "plan_at",
    "sound_job",
    "teller",
    "voices_job",
]

TOLD = ".told"
"""Ending of the file in which a job tells how far it is."""

TELL_EVERY_S = 0.2
"""How often a job writes how far it is."""


def analyse_job(source: str, clip_id: str, out: str, told: str) -> None:
    """Analyse a clip into a findings file; how far it is goes into the file told."""
    from safehouse.analysis.run import analyse

    findings = analyse(Path(source), clip_id, progress=teller(told))
    write_whole(Path(out), format_document(findings))


def measure_job(source: str, clip_id: str) -> "tuple[Clip, tuple[int, ...]]":
    """Return a clip's exact streams and times and its key frames, without looking for anybody."""
    from safehouse.media.reader import ClipReader

    with ClipReader(Path(source), clip_id) as reader:
        for _ in reader.frames():
            pass
        return reader.clip(), reader.key_frames()


def output_job(
    findings: str, codec: str, sound: str, quality: int | None, container: str, cpu: str
) -> bytes:
    """Return the output that the findings' clip gets, as JSON."""
    from safehouse.media.formats import choose_output
    from safehouse.model.findings import Findings

    found = parse_document(Path(findings).read_bytes(), Findings)
    return format_document(
        choose_output(
            found.clip,
            codec=codec,
            sound=sound,
            quality=quality,
            container=container,
            key_frames=found.key_frames,
            cpu=cpu,
        )
    )


def chunk_job(
    source: str,
    plan: str,
    number: int,
    out: str,
    other: "VideoStream | None" = None,
    decode_from: int = 0,
) -> int:
    """Render one chunk of the picture; return its number of frames.

    other is the picture of a source that is not the plan's clip, read from frame decode_from.
    """
    from safehouse.render.run import Instead, render_chunk

    memory.take_apart_from(memory.RENDER_BYTES)
    held = plan_at(plan)
    if held.output.video is None:
        return 0
    told = Path(out + TOLD)
    render_chunk(
        Path(source),
        held,
        number,
        Path(out),
        instead=Instead(other, decode_from) if other is not None else None,
        progress=teller(str(told)),
    )
    told.unlink(missing_ok=True)
    chunk = held.output.video.chunks[number]
    return chunk.end - chunk.first


def sound_job(
    source: str, plan: str, stream: int, out: str, beside: str, other: "SoundStream | None" = None
) -> None:
    """Render one sound track.

    Made sound is read from the folder beside; other is the track in a source that is not the
    plan's clip.
    """
    from safehouse.render.run import render_sound

    render_sound(Path(source), plan_at(plan), stream, Path(out), beside=Path(beside), other=other)


def made_job(
    source: str, findings: str, voices: str, speech: "Speech", folder: str, told: str
) -> bytes:
    """Make what stands in the tracks of a findings file's clip; return its rows as JSON."""
    from safehouse.model.findings import Findings
    from safehouse.voices.run import Words, make_disguise, make_revoice

    clip = parse_document(Path(findings).read_bytes(), Findings).clip
    loudness, tell = speech.loudness_lufs, teller(told)
    if voices == "disguise":
        made = make_disguise(
            Path(source), clip, Path(folder), loudness_lufs=loudness, progress=tell
        )
        return msgspec.json.encode(list(made))
    words = Words(
        captions=speech.captions,
        language=speech.language or "",
        encoding=speech.encoding,
        names=speech.names,
        stand_in=speech.stand_in,
        piper=speech.voice_model if speech.engine == "piper" else None,
        speakers=dict(speech.speakers),
        loudness_lufs=loudness,
        disclose=speech.disclose,
    )
    return msgspec.json.encode(list(make_revoice(words, clip, Path(folder), tell)))


def join_job(chunks: list[str], sound: list[str], plan: str, out: str) -> None:
    """Join chunks and sound tracks into a film."""
    from safehouse.media.join import join_film

    join_film([Path(c) for c in chunks], [Path(s) for s in sound], plan_at(plan), Path(out))


def inspect_job(file: str) -> "Inspection":
    """Return everything that a file says about its maker."""
    from safehouse.media.inspect import inspect_file

    return inspect_file(Path(file))


def voices_job(source: str, clip_id: str, told: str) -> "Voices":
    """Return who speaks when in a clip; voices are told apart where `resemblyzer` is installed.

    How far it is goes into the file told.
    """
    from safehouse.analysis.speakers import RESEMBLYZER_ALIKE, Teller
    from safehouse.analysis.turns import find_turns
    from safehouse.audit.attacks.embedding import find_embedder

    embedder = find_embedder()
    tells = Teller(embedder.vectors, RESEMBLYZER_ALIKE, "resemblyzer") if embedder else None
    return find_turns(Path(source), clip_id, tells, teller(told))


def levels_job(source: str, voices: bytes, columns: int) -> dict[str, tuple[int, ...]]:
    """Return track → how loud each column of it is, for a document `voices/1` of the clip."""
    from safehouse.media.sound_pieces import sound_levels
    from safehouse.model.voices import Voices

    clip = msgspec.json.decode(voices, type=Voices).clip
    return {str(row.index): sound_levels(Path(source), row, columns) for row in clip.sound}


def hear_job(source: str, track: bytes, first: int, end: int) -> bytes:
    """Return a piece of a sound track as WAV; track is its description as JSON."""
    from safehouse.media.sound_pieces import sound_piece
    from safehouse.model.clip import SoundStream

    stream = msgspec.json.decode(track, type=SoundStream)
    return sound_piece(Path(source), stream, first, end)


def doctor_job() -> list[tuple[str, bool, str]]:
    """Return what is here: (what, whether it is here, what was found)."""
    from safehouse.doctor import look_around

    return look_around()


def teller(told: str) -> Callable[[int, int], None]:
    """Return a function that writes `done total` into a file now and then."""
    last = [0.0]

    def tell(done: int, total: int) -> None:
        now = time.monotonic()
        if now - last[0] >= TELL_EVERY_S or done == total:
            last[0] = now
            Path(told).write_text(f"{done} {total}", encoding="ascii")

    return tell


@lru_cache(maxsize=4)
def plan_at(path: str) -> "Plan":
    """Return the plan in a file that does not change while a command runs."""
    from safehouse.plan.check import parse_plan

    return parse_plan(Path(path).read_bytes())
