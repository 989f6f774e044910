"""Takes frames out of FFmpeg's buffers: fresh, read-only planes that hold nothing else."""

import numpy as np
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from safehouse.errors import SourceNotMedia
from safehouse.media.planes import Packing, packing_of, planar_layout, unpack
from safehouse.media.probe import refuse
from safehouse.model.frame import Plane, PlaneLayout

__all__ = ["layout_of", "packing_or_scaler", "take_planes"]


def packing_or_scaler(pix_fmt: str) -> Packing:
    """Return how any pixel format of FFmpeg is taken apart, by its scaler where need be.

    Raises:
        SourceNotMedia: samples in floating point, Bayer patterns, or on a graphics card.
    """
    if found := packing_of(pix_fmt):
        return found
    try:
        known = VideoFormat(pix_fmt)
        components = known.components
    except ValueError as error:
        raise _unknown(pix_fmt) from error
    if known.is_bayer or not components or "f16" in pix_fmt or "f32" in pix_fmt:
        raise _unknown(pix_fmt)
    same = packing_of(pix_fmt[:-2] + "le") if pix_fmt.endswith("be") else None
    if same is not None and same.how in {"planar", "grey"}:
        return Packing("scaler", same.planar, alpha=same.alpha)
    alpha = any(part.is_alpha for part in components)
    return Packing("scaler", _nearest(known), alpha=alpha or known.has_palette)


def _unknown(pix_fmt: str) -> Exception:
    return refuse(
        SourceNotMedia,
        f"frames of the format {pix_fmt} can't be taken apart",
        "convert the film to H.264, HEVC or ProRes first",
    )


def _nearest(known: VideoFormat) -> str:
    """Return the planar format that holds every value of an exotic one."""
    deep = max(part.bits for part in known.components) > 8
    if len(known.components) < 3 and not known.has_palette and not known.is_rgb:
        return "gray16le" if deep else "gray"
    if known.is_rgb or known.has_palette or known.name.startswith("xyz"):
        return "gbrp16le" if deep else "gbrp"
    return "yuv444p16le" if deep else "yuv444p"


def layout_of(pix_fmt: str, full_range: bool) -> PlaneLayout:
    """Return how the samples of a decoded format lie once they are taken out.

    Args:
        pix_fmt: FFmpeg's name of any format that a decoder gives: `yuvj420p`, `nv12`, `bgra`.
        full_range: the frame is tagged as full range.

    Raises:
        SourceNotMedia: the format can't be taken apart.
    """
    full = full_range or pix_fmt.startswith("yuvj")
    return planar_layout(packing_or_scaler(pix_fmt).planar, full)


def take_planes(frame: VideoFrame, packing: Packing) -> tuple[Plane, ...]:
    """Return fresh, read-only planes of a frame, as `layout_of` says that they lie."""
    if packing.how == "scaler":
        frame = frame.reformat(format=packing.planar)
        packing = Packing("planar", packing.planar)
    deep = max(part.bits for part in frame.format.components) > 8
    raw = tuple(_samples(frame, n, deep) for n in range(len(frame.planes)))
    return unpack(raw, packing, frame.width)


def _samples(frame: VideoFrame, number: int, deep: bool) -> Plane:
    plane = frame.planes[number]
    buffer = memoryview(plane)
    flat: Plane = np.frombuffer(buffer, np.uint16) if deep else np.frombuffer(buffer, np.uint8)
    return flat.reshape(plane.height, -1)
