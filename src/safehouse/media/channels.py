"""Which channel is which: an order of a film's own, put into FFmpeg's usual one.

A `chan` box (QuickTime File Format, "Channel layout atom"), and a few other containers, can list
channels in any order. FFmpeg keeps such a list outside its struct, and PyAV 18 frees that list once
for each of its objects that shares it: every decoded frame would. So a decoder of ours gets the
usual order before it opens, and PCM is put into it by us.
"""

from typing import Any

from av.audio.codeccontext import AudioCodecContext

__all__ = ["use_plain_order"]

USUAL = (
    *("FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC", "SL", "SR", "TC"),
    *("TFL", "TFC", "TFR", "TBL", "TBC", "TBR", "DL", "DR", "WL", "WR", "SDL", "SDR"),
    *("LFE2", "TSL", "TSR", "BFC", "BFL", "BFR", "SSL", "SSR", "TTL", "TTR"),
)
"""FFmpeg's names of channels in its own order (libavutil/channel_layout.h)."""


def use_plain_order(context: AudioCodecContext) -> tuple[int, ...]:
    """Give a decoder that is not open yet a layout in FFmpeg's usual order.

    Returns:
        For each channel of that order its number in the samples; empty where they lie so already,
        as those of every codec but PCM do. Channels that are twice there or that FFmpeg has no
        place for stay as they lie, and the layout is then their number alone.
    """
    layout: Any = context.layout
    names = [channel.name for channel in layout.channels]
    known = len(set(names)) == len(names) and set(names) <= set(USUAL)
    if not names:
        return ()
    plain = sorted(names, key=USUAL.index) if known else names
    # What held the list is written over and does not free it, so that `layout` alone does.
    setter: Any = context
    if known:
        setter.layout = "+".join(plain)
    else:
        ambisonic = str(layout.name).startswith("ambisonic")
        setter.layout = layout.name if ambisonic else f"{len(names)} channels"
    if plain == names or not context.name.startswith("pcm_"):
        return ()
    return tuple(names.index(name) for name in plain)
