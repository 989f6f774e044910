"""Small films as FFmpeg's muxer writes them, with the plan that they belong to."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from safehouse.media.nal import drop_encoder_sei
from safehouse.model.clip import Clip, Colour, HdrStatic, SoundStream, VideoStream, times_of
from safehouse.model.plan import Output, Plan, SoundOut, VideoOut

TIMEBASE = Fraction(1, 30000)
OPTIONS = {
    "libx264": {"preset": "ultrafast", "bf": "2", "flags": "+bitexact"},
    "libx265": {"x265-params": "log-level=none:info=0:pools=none:frame-threads=1"},
    "prores_ks": {"vendor": "apl0", "flags": "+bitexact"},
    "ffv1": {"flags": "+bitexact"},
}
FORMATS = {"libx264": "yuv420p", "libx265": "yuv420p10le", "prores_ks": "yuv422p10le"}


def plan_of(
    container: str, pts: list[int], sound: str, start: str = "0/1", **video: object
) -> Plan:
    """Return a plan for a film of 160 x 120 px whose frames have these times."""
    times = times_of(pts, TIMEBASE, 1001)
    stream = VideoStream(0, "any", "yuv420p", 160, 120, times, **video)  # type: ignore[arg-type]
    tracks = (SoundStream(1, sound, 48000, "stereo", 2, 24000, start=start),) if sound else ()
    outs = tuple(SoundOut(1, sound, 48000, "stereo") for _ in tracks)  # type: ignore[arg-type]
    output = Output(container, VideoOut("h264", "yuv420p", {}, ()), outs)  # type: ignore[arg-type]
    return Plan(clip=Clip("C0001", "0" * 64, 1, stream, tracks), output=output, cpu="test")


def mux_film(path: Path, pts: list[int], codec: str = "libx264", sound: str = "aac") -> None:
    """Write a film of noise and silence; not yet in our profile."""
    options = {"movie_timescale": "30000", "video_track_timescale": "30000"}
    with av.open(str(path), "w", format=path.suffix[1:], container_options=options) as film:
        film.flags |= 0x400
        picture = film.add_stream(codec, rate=Fraction(30000, 1001))
        picture.width, picture.height = 160, 120
        picture.pix_fmt = FORMATS.get(codec, "yuv420p")
        picture.codec_context.time_base = picture.time_base = TIMEBASE
        picture.codec_context.thread_count = 1
        picture.options = OPTIONS[codec]
        tone = film.add_stream(sound, rate=48000) if sound else None
        if tone is not None:
            tone.layout = "stereo"
            tone.options = {"flags": "+bitexact"}
        for packet in _picture_packets(picture, pts):
            film.mux(packet)
        if tone is not None:
            film.mux(tone.encode(_silence(sound)))
            film.mux(tone.encode(None))


def _picture_packets(picture: "av.VideoStream", pts: list[int]) -> "list[av.Packet]":
    name = {"libx264": "h264", "libx265": "hevc"}.get(picture.codec_context.name, "")
    rng = np.random.default_rng(3)
    found = []
    for time in [*pts, None]:
        frame = None
        if time is not None:
            samples = rng.integers(0, 255, (120, 160), np.uint8)
            frame = VideoFrame.from_ndarray(samples, "gray").reformat(format=picture.pix_fmt)
            frame.pts, frame.time_base = time, TIMEBASE
        for packet in picture.encode(frame):
            fresh = av.Packet(drop_encoder_sei(bytes(packet), name, 0))
            fresh.pts, fresh.dts, fresh.duration = packet.pts, packet.dts, packet.duration
            fresh.time_base, fresh.is_keyframe = packet.time_base, packet.is_keyframe
            fresh.stream = packet.stream
            found.append(fresh)
    return found


def _silence(codec: str) -> AudioFrame:
    form, kind, rows = {
        "aac": ("fltp", np.float32, 2),
        "pcm_s16le": ("s16", np.int16, 1),
        "pcm_s24le": ("s32", np.int32, 1),
    }[codec]
    frame = AudioFrame.from_ndarray(np.zeros((rows, 48000 // rows), kind), form, "stereo")
    frame.sample_rate, frame.pts = 48000, 0
    return frame


def shown_times(path: Path) -> list[Fraction]:
    """Return the time of every frame that comes out of a film, in seconds."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        assert stream.time_base is not None
        return [frame.pts * stream.time_base for frame in film.decode(stream)]


HDR = HdrStatic((13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450, 10_000_000, 1), (1000, 400))
BT2020 = Colour(9, 16, 9, False)
EVEN = [n * 1001 for n in range(12)]
UNEVEN = [n * 1001 + (n % 3) * 100 for n in range(12)]
