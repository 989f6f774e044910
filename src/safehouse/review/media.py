"""Files and bytes as answers, a range of them where one is asked for; never several."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

__all__ = ["bytes_answer", "file_answer"]

PART = 1 << 18
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def file_answer(request: Request, path: Path, kind: str, name: str = "") -> Response:
    """Return a file, or the one range of it that is asked for.

    Args:
        request: what the browser sent.
        path: a file of ours; never made from what the browser sent.
        kind: its media type.
        name: save it under this name, in place of showing it.
    """
    size = path.stat().st_size
    span = _span(request.headers.get("range", ""), size)
    heads = {"accept-ranges": "bytes"}
    if name:
        heads["content-disposition"] = f'attachment; filename="{name}"'
    if span is None:
        heads["content-length"] = str(size)
        return StreamingResponse(_parts(path, 0, size), media_type=kind, headers=heads)
    first, end = span
    if first >= end:
        return Response("", 416, headers={"content-range": f"bytes */{size}"})
    heads["content-range"] = f"bytes {first}-{end - 1}/{size}"
    heads["content-length"] = str(end - first)
    return StreamingResponse(_parts(path, first, end), 206, media_type=kind, headers=heads)


def bytes_answer(request: Request, content: bytes, kind: str) -> Response:
    """Return bytes, or the one range of them that is asked for."""
    span = _span(request.headers.get("range", ""), len(content))
    if span is None:
        return Response(content, media_type=kind, headers={"accept-ranges": "bytes"})
    first, end = span
    if first >= end:
        return Response("", 416, headers={"content-range": f"bytes */{len(content)}"})
    heads = {"content-range": f"bytes {first}-{end - 1}/{len(content)}", "accept-ranges": "bytes"}
    return Response(content[first:end], 206, media_type=kind, headers=heads)


def _span(header: str, size: int) -> tuple[int, int] | None:
    """Return first and end of the range in a header; None for all, (0, 0) for one that can't be."""
    if not header:
        return None
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.group(0) == "bytes=-":
        return (0, 0)
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size)
    end = min(size, int(last) + 1) if last else size
    return (int(first), end) if int(first) < end else (0, 0)


def _parts(path: Path, first: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        handle.seek(first, os.SEEK_SET)
        left = end - first
        while left > 0 and (part := handle.read(min(PART, left))):
            left -= len(part)
            yield part
