"""Attack 8, voices: are this film's own speakers told in its sound by how they speak?

The attacker has the clip with its voices, and knows who speaks when, as far as a machine can tell
it. Each turn of the film is held against the speakers' other turns in the clip, by an embedding
made by hand and by Resemblyzer's where it is installed; then all turns of a speaker together. The
strongest counts. Chance is the names dealt out anew.

Positive control: the clip's own turns are named the same way. Negative control: silence and a
voice that is nobody's name no one (tests). Bar: more than half of the turns right, and fewer than
one deal in a thousand as good. When it fails: --voices revoice, or mute. A disguise is no promise
in any case: what a taught attacker does is measured on English readers (docs/voices.md).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from safehouse.audit.attacks.embedding import Embedder, find_embedder
from safehouse.audit.attacks.handmade import measure_voice
from safehouse.audit.attacks.hearing import RATE_HZ
from safehouse.audit.case import Case
from safehouse.audit.embeddings import DEALS, RARE, Named, named
from safehouse.media.reader import ClipReader, read_sound
from safehouse.media.sound_filter import resample_blocks
from safehouse.model.clip import SoundStream
from safehouse.model.report import Attack, Control, Spot
from safehouse.model.voices import Voices
from safehouse.model.words import Said, say

__all__ = ["Heard", "attack_own_voices", "build_attack", "tell"]

Samples = NDArray[np.float32]
Floats = NDArray[np.float32]

LEAST_S, MOST_S = 2.0, 10.0
"""Seconds of a turn from which it is used, and that are used of it."""

EACH = 8
"""Turns of a speaker that are used, the longest."""

SPEAKERS_LEAST = 8
"""Speakers from which naming can be told from chance; fewer give a figure and no verdict."""

HALF = 0.5
"""Share of turns named right from which the film is held."""


class Heard(NamedTuple):
    """A turn: who speaks, and what clip and film have there, at 16 kHz, shape (n,)."""

    speaker: str
    clip: Samples
    film: Samples


def attack_own_voices(case: Case, turns: Voices) -> Attack | None:
    """Return the attack; None where nothing of a voice is in the film's sound.

    Args:
        case: what is audited.
        turns: who speaks when in the clip.

    Raises:
        SourceError: a file can't be read.
    """
    tracks = {track.index: track for track in case.plan.clip.sound}
    spoken = {
        plan.stream
        for plan in case.plan.sound
        if any(span.action in {"disguise", "revoice"} for span in plan.spans)
    }
    if not spoken:
        return None
    with ClipReader(case.film, "film") as reader:
        films = reader.sound
    heard: list[Heard] = []
    for out, film in zip(case.plan.output.sound, films, strict=False):
        if out.stream in spoken:
            own = tracks[out.stream]
            same = msgspec.structs.replace(film, samples=own.samples)
            heard += _heard((case.source, own), (case.film, same), _chosen(turns, out.stream))
    return build_attack(heard, find_embedder())


def _chosen(turns: Voices, stream: int) -> list[tuple[str, float, float]]:
    """Return speaker, begin and end, s, of the turns of a track that are used, in order."""
    track = next((t for t in turns.tracks if t.stream == stream), None)
    if track is None:
        return []
    by_speaker: dict[str, list[tuple[str, float, float]]] = {}
    for turn in track.turns:
        first, end = turn.first / track.rate_hz, turn.end / track.rate_hz
        if turn.speaker and not turn.overlap and end - first >= LEAST_S:
            row = (turn.speaker, first, min(end, first + MOST_S))
            by_speaker.setdefault(turn.speaker, []).append(row)
    kept = [sorted(rows, key=lambda r: r[1] - r[2])[:EACH] for rows in by_speaker.values()]
    return sorted((row for rows in kept for row in rows), key=lambda row: row[1])


def _heard(
    clip: tuple[Path, SoundStream],
    film: tuple[Path, SoundStream],
    chosen: Sequence[tuple[str, float, float]],
) -> Iterator[Heard]:
    """Yield what clip and film have in the chosen turns."""
    ours, theirs = (list(_pieces(_mono(*side), chosen)) for side in (film, clip))
    for (speaker, _, _), own, other in zip(chosen, ours, theirs, strict=False):
        if min(own.size, other.size) >= LEAST_S * RATE_HZ / 2:
            yield Heard(speaker, other, own)


def _mono(path: Path, stream: SoundStream) -> Iterator[Samples]:
    blocks = (np.nan_to_num(block.samples).mean(axis=0) for block in read_sound(path, stream))
    yield from resample_blocks(
        (block.astype(np.float32) for block in blocks), stream.rate_hz, RATE_HZ
    )


def _pieces(
    blocks: Iterator[Samples], chosen: Sequence[tuple[str, float, float]]
) -> Iterator[Samples]:
    """Yield the samples of each turn; what lies between is not kept."""
    held, at = np.zeros(0, np.float32), 0
    for _, first_s, end_s in chosen:
        first, end = round(first_s * RATE_HZ), round(end_s * RATE_HZ)
        while at + held.size < end:
            block = next(blocks, None)
            if block is None:
                break
            held = np.concatenate([held, block])
            drop = min(held.size, max(0, first - at))
            held, at = held[drop:], at + drop
        yield held[max(0, first - at) : max(0, end - at)].copy()


def tell(heard: Sequence[Heard], embedder: Embedder | None) -> list[tuple[str, Named, Named]]:
    """Return for each embedding its name, and how often it names film and clip right."""
    people = np.unique([row.speaker for row in heard], return_inverse=True)[1].astype(np.int64)
    turns = np.arange(len(heard))
    found = []
    for name, vectors in _features(heard, embedder):
        clip, film = vectors[: len(heard)], vectors[len(heard) :]
        found.append((name, named(film, clip, people, turns), named(clip, clip, people, turns)))
    return found


def _features(heard: Sequence[Heard], embedder: Embedder | None) -> Iterator[tuple[str, Floats]]:
    """Yield embeddings of the clip's turns, then of the film's, each brought to one scale."""
    sides = ([row.clip for row in heard], [row.film for row in heard])
    made = [np.stack([measure_voice(piece) for piece in side]) for side in sides]
    yield "measures by hand", np.concatenate([_scaled(side) for side in made])
    if embedder is not None:
        both = [np.asarray(embedder.vectors(side), np.float32) for side in sides]
        yield "Resemblyzer", np.concatenate([_scaled(side) for side in both])


def _scaled(rows: Floats) -> Floats:
    """Return rows without their mean, each column of one spread: a change of all voices is none."""
    spread = np.maximum(rows.std(axis=0), 1e-6)
    return np.asarray((rows - rows.mean(axis=0)) / spread, np.float32)


def build_attack(heard: Sequence[Heard], embedder: Embedder | None) -> Attack:
    """Return the attack with its result."""
    many = [row for row in heard if sum(r.speaker == row.speaker for r in heard) > 1]
    speakers = len({row.speaker for row in many})
    if speakers < 2:
        words = say(
            "not measurable here: {n} speakers with two turns and more that a machine tells apart",
            n=speakers,
        )
        return _attack(words, Control(None, say("too few speakers to try it on")), ())
    name, film, clip = max(tell(many, embedder), key=lambda row: row[1].rate)
    figure = say(
        "{speakers} speakers, {turns} turns; strongest of these attackers: {name}; named right "
        "{rate:.0%}, by chance {chance:.0%} ({as_good:.1%} of {deals} deals of the names did as "
        "well)",
        speakers=speakers,
        turns=len(many),
        name=name,
        rate=film.rate,
        chance=film.chance,
        as_good=film.as_good,
        deals=DEALS,
    )
    words = say("the clip's own turns are named right {rate:.0%} of the time", rate=clip.rate)
    if speakers < SPEAKERS_LEAST:
        figure = say("{figure}; too few speakers for a verdict", figure=figure)
        return _attack(figure, Control(None, words), ())
    told = film.rate > HALF and film.as_good <= RARE
    spots = (Spot(0, 1, say("speakers of the clip are told in the film's sound")),) if told else ()
    return _attack(figure, Control(clip.as_good <= RARE or None, words), spots)


def _attack(figure: Said, control: Control, spots: tuple[Spot, ...]) -> Attack:
    return Attack(
        name="voices",
        title=say("Are the film's own speakers told by how they speak?"),
        result="leak" if spots else "none found",
        figure=figure,
        control=control,
        spots=spots,
    )
