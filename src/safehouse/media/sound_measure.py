"""Measures the sound of a clip without decoding its picture: minutes instead of hours."""

import hashlib
from pathlib import Path

from safehouse.errors import SourceEmpty
from safehouse.media.decoding import read_packets
from safehouse.media.probe import choose_streams, clock_shift, open_source, refuse
from safehouse.media.sound_reader import SoundDecoder
from safehouse.model.clip import Clip

__all__ = ["measure_sound"]


def measure_sound(path: Path, clip_id: str) -> Clip:
    """Return a clip with its sound tracks as `ClipReader` measures them, and no picture.

    Raises:
        SourceError: the file can't be read.
        SourceEmpty: there is neither sound nor a picture in it.
    """
    with open_source(path) as container:
        streams = choose_streams(container)
        decoders = {stream.index: SoundDecoder(stream) for stream in streams.sound}
        shift = clock_shift(streams)
        for packet in read_packets(container.demux(*streams.sound)) if decoders else ():
            if packet is None:
                break
            if packet.stream_index in decoders:
                for _ in decoders[packet.stream_index].decode(packet):
                    pass
        sound = tuple(d.describe(shift) for d in decoders.values() if d.samples)
        if not sound and streams.video is None:
            raise refuse(
                SourceEmpty, "no sample of its sound can be decoded", "copy the file again"
            )
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return Clip(clip_id, digest, path.stat().st_size, None, sound)
