"""Films that nothing is wrong with: fifty clips without people, or with everybody found hidden.

Each function writes a clip into a folder, or returns None where its footage or ffmpeg is not here.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

Make = Callable[[Path, Path], Path | None]
"""From the folder of footage and a new folder to a clip there."""


def written(out: Path, *args: str) -> Path | None:
    """Return the clip that ffmpeg writes; None without ffmpeg."""
    if shutil.which("ffmpeg") is None:
        return None
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *args, str(out)], check=True, capture_output=True
    )
    return out


def drawn(source: str, *args: str, sound: str = "", name: str = "clip.mp4") -> Make:
    """Return what writes a clip of an lavfi source, and sound of another one."""

    def make(_: Path, folder: Path) -> Path | None:
        inputs = ["-f", "lavfi", "-i", source] if source else []
        if sound:
            inputs += ["-f", "lavfi", "-i", sound]
        coded = args or ("-c:v", "libx264", "-crf", "20", "-pix_fmt", "yuv420p")
        return written(folder / name, *inputs, "-t", "1", *coded)

    return make


def real(file: str, start: str = "0", frames: int = 20, *args: str, name: str = "clip.mp4") -> Make:
    """Return what writes a short piece of real footage, anew, with its sound."""

    def make(media: Path, folder: Path) -> Path | None:
        path = media / file
        if not path.exists():
            return None
        coded = args or ("-c:v", "libx264", "-crf", "18", "-c:a", "aac")
        piece = ("-ss", start, "-i", str(path), "-frames:v", str(frames), "-shortest")
        return written(folder / name, *piece, *coded)

    return make


def copied(file: str) -> Make:
    """Return what takes a file of real footage as it is."""

    def make(media: Path, _: Path) -> Path | None:
        path = media / file
        return path if path.exists() else None

    return make


def turned(source: str, degrees: int) -> Make:
    """Return what writes a clip that says that it is turned."""

    def make(media: Path, folder: Path) -> Path | None:
        flat = drawn(source, name="flat.mp4")(media, folder)
        if flat is None:
            return None
        args = ("-display_rotation", str(degrees), "-i", str(flat), "-c", "copy")
        try:
            return written(folder / "clip.mp4", *args)
        except subprocess.CalledProcessError:  # FFmpeg before 6 knows it as metadata
            args = ("-i", str(flat), "-c", "copy", "-metadata:s:v:0", f"rotate={degrees}")
            return written(folder / "clip.mp4", *args)

    return make


X264 = ("-c:v", "libx264", "-crf", "20")
SCALE = ("-c:v", "libx264", "-crf", "18", "-c:a", "aac", "-vf")

CLEAR: dict[str, Make] = {
    "test pattern": drawn("testsrc2=s=320x240:r=25"),
    "test pattern, 720p": drawn("testsrc2=s=1280x720:r=10"),
    "test pattern, 10 bit": drawn("testsrc2=s=320x240:r=25", *X264, "-pix_fmt", "yuv420p10le"),
    "test pattern, 4:4:4": drawn("testsrc2=s=320x240:r=25", *X264, "-pix_fmt", "yuv444p"),
    "test pattern, 4:2:2": drawn("testsrc2=s=320x240:r=25", *X264, "-pix_fmt", "yuv422p"),
    "test pattern, MPEG-2": drawn("testsrc2=s=352x288:r=25", "-c:v", "mpeg2video", "-q:v", "4"),
    "test pattern, FFV1": drawn("testsrc2=s=320x240:r=25", "-c:v", "ffv1", name="clip.mkv"),
    "test pattern, HEVC": drawn(
        "testsrc2=s=320x240:r=25", *["-c:v", "libx265", "-x265-params", "log-level=none"]
    ),
    "test pattern, crf 38": drawn(
        "testsrc2=s=320x240:r=25", *["-c:v", "libx264", "-crf", "38"], "-pix_fmt", "yuv420p"
    ),
    "test pattern with a tone": drawn("testsrc2=s=320x240:r=25", sound="sine=f=440"),
    "test pattern with noise": drawn("testsrc2=s=320x240:r=25", sound="anoisesrc=a=0.2:seed=3"),
    "test pattern with silence": drawn("testsrc2=s=320x240:r=25", sound="anullsrc"),
    "colour bars": drawn("smptebars=s=640x480:r=25"),
    "colour bars, HD": drawn("smptehdbars=s=1280x720:r=10"),
    "Mandelbrot set": drawn("mandelbrot=s=480x360:r=12"),
    "game of life": drawn("life=s=320x240:mold=10:r=25:ratio=0.1:death_color=#C83232"),
    "cellular automaton": drawn("cellauto=s=320x240:rule=110:r=25"),
    "Sierpinski": drawn("sierpinski=s=320x240:r=25"),
    "gradients": drawn("gradients=s=480x270:r=25:seed=4"),
    "noise": drawn("nullsrc=s=320x240:r=25,geq=random(1)*255:128:128"),
    "black": drawn("color=black:s=320x240:r=25"),
    "white": drawn("color=white:s=320x240:r=25"),
    "very dark": drawn("testsrc2=s=320x240:r=25,eq=brightness=-0.45:contrast=0.2"),
    "odd size": drawn("testsrc2=s=321x241:r=25", *X264, "-pix_fmt", "yuv444p"),
    "very small": drawn("testsrc2=s=64x48:r=25"),
    "tall": drawn("testsrc2=s=270x480:r=25"),
    "turned by 90": turned("testsrc2=s=320x240:r=25", 90),
    "turned by 180": turned("testsrc2=s=320x240:r=25", 180),
    "one frame": drawn("testsrc2=s=320x240:r=25", *X264, "-pix_fmt", "yuv420p", "-frames:v", "1"),
    "changing rate": drawn(
        "testsrc2=s=320x240:r=25,select='not(eq(mod(n\\,5)\\,3))'",
        *X264,
        *["-pix_fmt", "yuv420p", "-vsync", "vfr"],
    ),
    "interlaced": drawn(
        "testsrc2=s=352x288:r=50,interlace",
        *X264,
        *["-pix_fmt", "yuv420p", "-flags", "+ildct+ilme"],
    ),
    "59.94 frames a second": drawn("testsrc2=s=320x240:r=60000/1001"),
    "sound alone": drawn("", "-c:a", "pcm_s16le", sound="sine=f=300", name="clip.wav"),
    "noise alone": drawn("", "-c:a", "pcm_s16le", sound="anoisesrc=seed=2", name="clip.wav"),
    "speaker (GRID)": real("video/grid_lwbsza.mpg", "0", 25),
    "canteen": real("video/mmaction_demo.mp4", "4", 25),
    "kitchen": real("video/decord_pancake.mkv", "4", 25),
    "street, 640 px": real("video/facenet_video.mp4", "2", 20, *SCALE, "scale=640:360"),
    "stage, with a cut": real("video/hamilton_short.mp4", "1", 40),
    "phone, tall": real("video/egoblur_gen1.mp4", "3", 20, *SCALE, "scale=304:540"),
    "signing": real("video/asl_book.mkv", "1", 25),
    "basketball": real("video/mmaction_structuralize.mp4", "2", 25),
    "laboratory, 640 px": real("video/ntu_rgbd_S001.avi", "1", 20, *SCALE, "scale=640:360"),
    "people from behind": real("video/onebyone_person.mp4", "20", 20, *SCALE, "scale=384:216"),
    "talking head, hands": real("video/lp_s18.mp4", "1", 20, *SCALE, "scale=640:360"),
    "speaker before a flag": real("video/wda_aoc.mp4", "1", 25),
    "woman, 480 px": real("video/lp_d6.mp4", "3", 20),
    "rooftops": real("video/ax_pixel-motion-photo-2-hevc-tracks.mp4", "0", 20),
    "man on his side": real("video/ax_sample_portrait.mp4", "0", 20, *SCALE, "scale=360:540"),
    "odd size, VP9": copied("weird/ax_bear-vp9-odd-dimensions.webm"),
    "10 bit, VP9": real(
        "weird/ax_roadtrip-vp92-10bit.webm", "0", 20, *X264, "-pix_fmt", "yuv420p10le"
    ),
    "a short real clip": copied("weird/imageio_realshort.mp4"),
    "a cockatoo": real("weird/imageio_cockatoo.mp4", "2", 15, *SCALE, "scale=640:360"),
    "silent black": copied("weird/ax_silent-black-10s.mp4"),
    "stretching": real("weird/tfjs_pose_1.mp4", "1", 25),
    "turned phone clip": copied("weird/decord_rot_270.mov"),
    "sound alone, AAC": copied("weird/ax_sample_audio_only.mp4"),
}
