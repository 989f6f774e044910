"""A plain transcode: decode, encode with x264 medium crf 18 on all cores, and nothing else."""

import sys
import tempfile
from pathlib import Path

import av


def main() -> None:
    """Transcode the clip named on the command line to a file that is thrown away."""
    with (
        tempfile.TemporaryDirectory() as folder,
        av.open(sys.argv[1]) as source,
        av.open(str(Path(folder) / "out.mp4"), "w") as target,
    ):
        picture = source.streams.video[0]
        picture.thread_type = "AUTO"
        options = {"preset": "medium", "crf": "18"}
        stream = target.add_stream("libx264", rate=picture.average_rate, options=options)
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
        stream.codec_context.thread_count = 0
        for frame in source.decode(picture):
            frame.pict_type = 0
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


if __name__ == "__main__":
    main()
