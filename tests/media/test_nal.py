"""SEI messages of an encoder go; every other byte of a packet stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safehouse.media.nal import (
    SeiMessage,
    drop_encoder_sei,
    is_sei,
    sei_messages,
    split_nals,
)

HEADERS = {"h264": b"\x06", "hevc": b"\x4e\x01"}
SLICE = {"h264": b"\x65\x88\x84\x00\x21", "hevc": b"\x26\x01\xaf\x08\x42"}
HDR = SeiMessage(137, bytes(range(24)))
LIGHT = SeiMessage(144, b"\x03\xe8\x00\x00")
TEXT = SeiMessage(5, bytes(16) + b"x264 - core 165 - options: crf=18")
CAPTION = SeiMessage(4, b"\xb5\x00\x31GA94\x03")


def sei_unit(codec: str, *messages: SeiMessage) -> bytes:
    raw = b"".join(
        b"\xff" * (m.type // 255)
        + bytes([m.type % 255])
        + b"\xff" * (len(m.payload) // 255)
        + bytes([len(m.payload) % 255])
        + m.payload
        for m in messages
    )
    out = bytearray()
    zeros = 0
    for byte in raw + b"\x80":
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return HEADERS[codec] + bytes(out)


def packet(units: list[bytes], length_prefixed: int) -> bytes:
    if length_prefixed:
        return b"".join(len(u).to_bytes(length_prefixed, "big") + u for u in units)
    return b"".join((b"\0\0\0\1" if n % 2 == 0 else b"\0\0\1") + u for n, u in enumerate(units))


def units_of(data: bytes, length_prefixed: int) -> list[bytes]:
    return [nal.unit for nal in split_nals(data, length_prefixed)]


both_codecs = pytest.mark.parametrize("codec", ["h264", "hevc"])
both_forms = pytest.mark.parametrize("length_prefixed", [0, 4])


@both_codecs
@both_forms
def test_encoder_text_and_captions_go_and_hdr_stays(codec: str, length_prefixed: int) -> None:
    units = [sei_unit(codec, HDR, TEXT, CAPTION, LIGHT), sei_unit(codec, TEXT), SLICE[codec]]
    cleaned = units_of(
        drop_encoder_sei(packet(units, length_prefixed), codec, length_prefixed), length_prefixed
    )
    assert cleaned == [sei_unit(codec, HDR, LIGHT), SLICE[codec]]
    assert sei_messages(cleaned[0], codec) == (HDR, LIGHT)


@both_codecs
@both_forms
def test_packet_without_user_data_is_byte_for_byte_the_same(
    codec: str, length_prefixed: int
) -> None:
    data = packet([sei_unit(codec, HDR, LIGHT), SLICE[codec]], length_prefixed)
    assert drop_encoder_sei(data, codec, length_prefixed) == data


def test_sei_suffix_of_hevc_is_sei() -> None:
    suffix = b"\x50\x01" + sei_unit("hevc", TEXT)[2:]
    assert is_sei(suffix, "hevc")
    assert drop_encoder_sei(packet([suffix, SLICE["hevc"]], 4), "hevc", 4) == packet(
        [SLICE["hevc"]], 4
    )


@both_codecs
@pytest.mark.parametrize("payload", [b"", b"\x05", b"\x05\x20abc\x80", b"\xff\xff", b"\x01\x00"])
def test_broken_sei_is_dropped_whole(codec: str, payload: bytes) -> None:
    unit = HEADERS[codec] + payload
    assert drop_encoder_sei(packet([unit, SLICE[codec]], 4), codec, 4) == packet([SLICE[codec]], 4)


@pytest.mark.parametrize("data", [b"\0\0\0\x09ab", b"\0\0", b"ab"])
def test_packet_that_is_no_row_of_units_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="leaves"):
        split_nals(data, 4)


def test_bytes_before_the_first_start_code_are_refused() -> None:
    with pytest.raises(ValueError, match="start code"):
        split_nals(b"ab\0\0\1\x65", 0)


def test_packets_of_other_codecs_are_left_alone() -> None:
    assert drop_encoder_sei(b"icpf", "prores", 0) == b"icpf"


messages = st.lists(
    st.builds(SeiMessage, st.integers(0, 600), st.binary(max_size=600)), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None)
@given(messages, st.sampled_from(["h264", "hevc"]), st.sampled_from([0, 4]))
def test_kept_messages_read_back_as_written(
    found: list[SeiMessage], codec: str, length_prefixed: int
) -> None:
    unit = sei_unit(codec, *found)
    assert sei_messages(unit, codec) == tuple(found)
    cleaned = drop_encoder_sei(
        packet([unit, SLICE[codec]], length_prefixed), codec, length_prefixed
    )
    left = [u for u in units_of(cleaned, length_prefixed) if is_sei(u, codec)]
    wanted = tuple(m for m in found if m.type not in {4, 5})
    assert [m for u in left for m in sei_messages(u, codec)] == list(wanted)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([0, 1, 2, 4]))
def test_split_units_join_to_the_packet(data: bytes, length_prefixed: int) -> None:
    try:
        nals = split_nals(data, length_prefixed)
    except ValueError:
        return
    assert b"".join(nal.prefix + nal.unit for nal in nals) == data
