"""Protects a file with everything hidden, without analysis: the short way through all of media."""

import tempfile
from pathlib import Path

from safehouse.media.formats import choose_output
from safehouse.media.join import join_film
from safehouse.media.reader import ClipReader
from safehouse.model.plan import Mask, Plan, SoundPlan
from safehouse.model.shape import Key, Whole
from safehouse.render.run import render_chunk, render_sound


def plan_whole(path: Path, container: str) -> Plan:
    """Return a plan that hides every frame whole and mutes every sound."""
    with ClipReader(path, "C0001") as reader:
        for _ in reader.frames():
            pass
        clip = reader.clip()
        keys = reader.key_frames()
    output = choose_output(clip, quality=None, container=container, key_frames=keys, cpu="test")
    count = clip.video.times.count if clip.video else 0
    masks = (Mask("M0001", 0, count, (Key(0, Whole()),)),) if count else ()
    sound = tuple(SoundPlan(stream.index) for stream in clip.sound)
    return Plan(clip=clip, look="solid", masks=masks, sound=sound, output=output, cpu="test")


def protect_whole(path: Path, film: Path) -> Plan:
    """Write the film of a file with everything hidden, and return its plan."""
    plan = plan_whole(path, film.suffix[1:])
    with tempfile.TemporaryDirectory() as folder:
        chunks, sounds = [], []
        for number in range(len(plan.output.video.chunks) if plan.output.video else 0):
            chunks.append(Path(folder) / f"v{number}")
            render_chunk(path, plan, number, chunks[-1])
        for out in plan.output.sound:
            sounds.append(Path(folder) / f"s{out.stream}")
            render_sound(path, plan, out.stream, sounds[-1])
        join_film(chunks, sounds, plan, film)
    return plan
