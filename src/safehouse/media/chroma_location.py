"""Reads where a source's chroma samples lie, which PyAV does not tell, from its codec's set-up.

Sources: ITU-T H.264 7.3.2.1.1 and E.1.1; ITU-T H.265 7.3.2.2, 7.3.3, 7.3.4, 7.3.7 and E.2.1.
"""

from collections.abc import Iterator

from safehouse.media.nal import ESCAPED, nal_type, split_nals

__all__ = ["chroma_location_of"]

UNSAID = 0

CENTRED = {"mjpeg": 2, "mpeg1video": 2}
"""Codecs whose standards put chroma in the middle of four pixels (JFIF 1.02, ISO/IEC 11172-2)."""

SPS = {"h264": 7, "hevc": 33}
HEADER_BYTES = {"h264": 1, "hevc": 2}

WITH_CHROMA_FORMAT = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}
"""H.264's profile_idc values whose SPS says the chroma format."""

MOST = 64
"""More of any list than this is no SPS of a real encoder."""


def chroma_location_of(codec: str, set_up: bytes) -> int:
    """Return where 4:2:0 chroma lies: 1 + the type of H.264 figure E-1, or 0 where nothing says it.

    Args:
        codec: FFmpeg's name of the source's codec.
        set_up: its extra data: avcC, hvcC, or parameter sets with start codes.
    """
    if codec not in SPS:
        return CENTRED.get(codec, UNSAID)
    try:
        for unit in _parameter_sets(codec, set_up):
            if nal_type(unit, codec) == SPS[codec]:
                bits = _Bits(ESCAPED.sub(b"\0\0", unit[HEADER_BYTES[codec] :]))
                return (_read_h264 if codec == "h264" else _read_hevc)(bits)
    except (ValueError, IndexError):
        return UNSAID
    return UNSAID


def _parameter_sets(codec: str, set_up: bytes) -> Iterator[bytes]:
    """Yield the parameter sets in avcC, hvcC or annex B."""
    if set_up[:1] != b"\1":
        yield from (nal.unit for nal in split_nals(set_up, 0))
        return
    at = 5 if codec == "h264" else 23
    lists = 1 if codec == "h264" else set_up[22]
    for _ in range(lists):
        at += 0 if codec == "h264" else 1
        count = set_up[at] & 0x1F if codec == "h264" else int.from_bytes(set_up[at : at + 2], "big")
        at += 1 if codec == "h264" else 2
        for _ in range(count):
            size = int.from_bytes(set_up[at : at + 2], "big")
            yield set_up[at + 2 : at + 2 + size]
            at += 2 + size


class _Bits:
    """Bits of a parameter set, first to last."""

    def __init__(self, data: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in data)
        self._at = 0

    def number(self, width: int) -> int:
        """Return the next width bits as a number."""
        piece = self._bits[self._at : self._at + width]
        if len(piece) < width:
            raise ValueError("the parameter set breaks off")
        self._at += width
        return int(piece, 2) if width else 0

    def flag(self) -> bool:
        """Return the next bit."""
        return self.number(1) == 1

    def coded(self) -> int:
        """Return the next Exp-Golomb number; a signed one takes as many bits."""
        zeros = self._bits.index("1", self._at) - self._at
        self._at += zeros
        return self.number(zeros + 1) - 1

    def skip(self, count: int) -> None:
        """Pass by as many Exp-Golomb numbers."""
        for _ in range(count):
            self.coded()

    def count(self) -> int:
        """Return the next Exp-Golomb number, the length of a list."""
        found = self.coded()
        if found > MOST:
            raise ValueError("a list is too long")
        return found


def _read_h264(bits: _Bits) -> int:
    profile = bits.number(8)
    bits.number(16)
    bits.skip(1)
    if (_h264_chroma_format(bits) if profile in WITH_CHROMA_FORMAT else 1) != 1:
        return UNSAID
    bits.skip(1)
    kind = bits.coded()
    if kind == 0:
        bits.skip(1)
    elif kind == 1:
        bits.flag()
        bits.skip(2)
        bits.skip(bits.count())
    bits.skip(1)
    bits.flag()
    bits.skip(2)
    if not bits.flag():  # fields
        bits.flag()
    bits.flag()
    bits.skip(4 if bits.flag() else 0)
    return _read_usability(bits) if bits.flag() else UNSAID


def _h264_chroma_format(bits: _Bits) -> int:
    chroma = bits.coded()
    if chroma == 3:
        bits.flag()
    bits.skip(2)
    bits.flag()
    if bits.flag():
        for number in range(12 if chroma == 3 else 8):
            if bits.flag():
                _pass_h264_scaling(bits, 16 if number < 6 else 64)
    return chroma


def _pass_h264_scaling(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            coded = bits.coded()
            step = (coded + 1) // 2 if coded % 2 else -(coded // 2)
            following = (last + step) % 256
        last = following or last


def _read_hevc(bits: _Bits) -> int:
    bits.number(4)
    layers = bits.number(3)
    bits.flag()
    _pass_hevc_profile(bits, layers)
    bits.skip(1)
    if bits.coded() != 1:
        return UNSAID
    bits.skip(2)
    bits.skip(4 if bits.flag() else 0)
    bits.skip(2)
    time_bits = bits.count() + 4
    bits.skip(3 * (layers + 1 if bits.flag() else 1))
    bits.skip(6)
    if bits.flag() and bits.flag():
        _pass_hevc_scaling(bits)
    bits.number(2)
    if bits.flag():
        bits.number(8)
        bits.skip(2)
        bits.flag()
    _pass_hevc_references(bits)
    if bits.flag():
        bits.number(bits.count() * (time_bits + 1))
    bits.number(2)
    return _read_usability(bits) if bits.flag() else UNSAID


def _pass_hevc_profile(bits: _Bits, layers: int) -> None:
    bits.number(96)
    said = [(bits.flag(), bits.flag()) for _ in range(layers)]
    bits.number(2 * (8 - layers) if layers else 0)
    for profile, level in said:
        bits.number(88 * profile + 8 * level)


def _pass_hevc_scaling(bits: _Bits) -> None:
    for size in range(4):
        for _ in range(2 if size == 3 else 6):
            coded = bits.flag()
            bits.skip((min(64, 1 << (4 + 2 * size)) + (size > 1)) if coded else 1)


def _pass_hevc_references(bits: _Bits) -> None:
    before = 0
    for number in range(bits.count()):
        if number and bits.flag():
            bits.flag()
            bits.skip(1)
            before = sum(bits.flag() or bits.flag() for _ in range(before + 1))
            continue
        before = bits.count() + bits.count()
        for _ in range(before):
            bits.skip(1)
            bits.flag()


def _read_usability(bits: _Bits) -> int:
    """Return the place from the start of a VUI; 0 where its two fields differ."""
    if bits.flag() and bits.number(8) == 255:
        bits.number(32)
    if bits.flag():
        bits.flag()
    if bits.flag():
        bits.number(4)
        bits.number(24 if bits.flag() else 0)
    if not bits.flag():
        return UNSAID
    top, bottom = bits.coded(), bits.coded()
    return top + 1 if top == bottom <= 5 else UNSAID
