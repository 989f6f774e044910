"""Documents: read(write(x)) = x, the same bytes every time, and nothing unknown is taken."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safehouse.model.box import Box
from safehouse.model.clip import Clip, FrameTimes, PtsRun, SoundStream, VideoStream
from safehouse.model.documents import format_document, parse_document
from safehouse.model.findings import Detector, Findings, Sample, Track, Unsure
from safehouse.model.plan import Chunk, Mask, Output, Plan, SoundPlan, SoundSpan, VideoOut
from safehouse.model.report import Attack, Control, Report, Spot
from safehouse.model.shape import Ellipse, Key, Polygon, Whole

numbers = st.integers(-(2**40), 2**40)
counts = st.integers(0, 2**40)
words = st.text(max_size=12)
scores = st.floats(0, 1)

times = st.builds(FrameTimes, words, st.tuples(st.builds(PtsRun, numbers, numbers, counts)), counts)
video = st.builds(VideoStream, counts, words, words, counts, counts, times)
sound = st.builds(SoundStream, counts, words, counts, words, counts, counts)
clips = st.builds(Clip, words, words, counts, st.none() | video, st.tuples(sound))
boxes = st.builds(Box, numbers, numbers, numbers, numbers)
unsure = st.builds(Unsure, counts, counts, words, st.booleans(), scores, words)
shapes = st.one_of(
    st.builds(Ellipse, numbers, numbers, numbers, numbers),
    st.builds(Polygon, st.lists(st.tuples(numbers, numbers), max_size=5).map(tuple)),
    st.just(Whole()),
)
keys = st.lists(st.builds(Key, counts, shapes), max_size=4).map(tuple)
masks = st.builds(Mask, words, counts, counts, keys, words)
video_out = st.builds(
    VideoOut,
    st.sampled_from(["h264", "ffv1"]),
    words,
    st.dictionaries(words, words, max_size=3),
    st.tuples(st.builds(Chunk, counts, counts, counts)),
)
outputs = st.builds(Output, st.sampled_from(["mov", "mp4"]), st.none() | video_out)
spans = st.builds(SoundSpan, counts, counts, st.sampled_from(["mute", "reveal"]))
plans = st.builds(
    Plan,
    clip=clips,
    masks=st.lists(masks, max_size=3).map(tuple),
    sound=st.tuples(st.builds(SoundPlan, counts, st.tuples(spans))),
    output=outputs,
    cpu=words,
    unsure=st.tuples(unsure),
)
sources = st.sampled_from(["seen", "flow", "bridge", "lead", "lost"])
samples = st.builds(Sample, counts, boxes, scores, sources, st.none() | boxes)
findings = st.builds(
    Findings,
    clip=clips,
    shots=st.tuples(counts),
    tracks=st.tuples(st.builds(Track, words, counts, counts, st.tuples(samples))),
    unsure=st.tuples(unsure),
    corrupt=st.tuples(st.tuples(counts, counts)),
    key_frames=st.tuples(counts),
    detector=st.builds(Detector, words, words, words, counts, counts, counts),
)
attacks = st.builds(
    Attack,
    name=words,
    title=words,
    result=st.sampled_from(["none found", "leak", "not run"]),
    figure=words,
    control=st.builds(Control, st.none() | st.booleans(), words),
    spots=st.tuples(st.builds(Spot, counts, counts, words)),
)
reports = st.builds(
    Report,
    clip=words,
    film_sha256=words,
    plan_sha256=words,
    held=st.booleans(),
    attacks=st.tuples(attacks),
    remains=st.tuples(words),
    unsure=st.tuples(unsure),
)
documents = st.one_of(plans, findings, reports)


def places(value: Any) -> list[dict[str, Any]]:
    """Every JSON object inside a value, but for the encoder's options, which have free names."""
    if isinstance(value, list):
        return [place for item in value for place in places(item)]
    if not isinstance(value, dict):
        return []
    inner = [place for name, item in value.items() if name != "options" for place in places(item)]
    return [value, *inner]


@given(documents)
def test_what_is_written_is_read_back(document: msgspec.Struct) -> None:
    text = format_document(document)
    assert parse_document(text, type(document)) == document
    assert format_document(parse_document(text, type(document))) == text
    assert text.endswith(b"}\n")


@given(documents, st.data())
def test_an_unknown_field_is_refused_at_every_depth(
    document: msgspec.Struct, data: st.DataObject
) -> None:
    value = json.loads(format_document(document))
    place = data.draw(st.integers(0, len(places(value)) - 1))
    places(value)[place]["blur"] = 1
    with pytest.raises(msgspec.ValidationError):
        parse_document(json.dumps(value).encode(), type(document))


@given(documents)
def test_another_schema_is_refused(document: msgspec.Struct) -> None:
    value = {**json.loads(format_document(document)), "schema": "plan/99"}
    with pytest.raises(msgspec.ValidationError):
        parse_document(json.dumps(value).encode(), type(document))


@given(documents, st.binary(max_size=40))
def test_bytes_that_are_no_document_are_refused(document: msgspec.Struct, junk: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - DecodeError or UnicodeDecodeError, both ValueErrors
        parse_document(junk, type(document))
