"""Pictures of a clip for the page: protected frames, an original on request, heads, the proxy."""

from contextlib import suppress
from typing import Any, Literal

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from safehouse.errors import SafehouseError, UsageError
from safehouse.model.acts import LookAtOriginal
from safehouse.model.box import Box
from safehouse.review.asking import Ask, Page, as_json, page
from safehouse.review.desk import Desk
from safehouse.review.media import file_answer
from safehouse.review.pictures import Pictures
from safehouse.review.view_plan import masks_between
from safehouse.store.reading_view import read_clip_row, read_piece_place

__all__ = ["ROUTES", "pictures_of", "proxy_of"]

MASKS_MOST = 2000
"""Frames whose masks are told at once."""


class _Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which original frame is asked for, and how it is to be shown."""

    frame: int
    grey: bool = True
    size: Literal["small", "view"] = "small"


def pictures_of(desk: Desk) -> Pictures:
    """Return what makes the running page's pictures; it is made by the first that is asked for."""
    with desk.opening:
        if "pictures" not in desk.held:
            desk.held["pictures"] = Pictures()
        made: Pictures = desk.held["pictures"]
        return made


def proxy_of(ask: Ask, clip: str) -> Any:
    """Return the path of a clip's protected proxy, or None where none was made."""
    path = ask.project.folder / "proxies" / f"{clip}.mp4"
    return path if path.is_file() else None


def _picture(work: Page) -> Page:
    """Return a page that tells its failures as JSON: a script asks for it, whatever its name."""

    def answered(ask: Ask) -> Response:
        try:
            return work(ask)
        except SafehouseError as error:
            facts = {"error": error.id, "happened": error.happened, "kept": error.kept}
            return as_json(facts | {"next": error.next_step}, 400 if error.id == "E2" else 409)

    return answered


def _protected(ask: Ask) -> Response:
    """Show a frame in which everybody is hidden."""
    size = "small" if ask.query("size") == "small" else "view"
    frame = int(ask.request.path_params["frame"])
    made = pictures_of(ask.desk).protected(ask.project, ask.named("clip"), frame, size=size)
    return Response(made, media_type="image/jpeg")


def _original(ask: Ask) -> Response:
    """Show a frame as it was filmed, after the look was recorded in the history."""
    try:
        wanted = msgspec.json.decode(ask.body, type=_Look)
    except msgspec.MsgspecError as error:
        raise UsageError(
            "it is not said which frame to show",
            kept="no original was shown",
            next_step="hold the key again",
        ) from error
    clip = ask.named("clip")
    pictures = pictures_of(ask.desk)
    pictures.require(ask.project, clip, wanted.frame)
    number = ask.project.act(LookAtOriginal(clip, wanted.frame, wanted.frame + 1))
    made = pictures.original(ask.project, clip, wanted.frame, grey=wanted.grey, size=wanted.size)
    return Response(made, media_type="image/jpeg", headers={"x-version": str(number)})


def _head(ask: Ask) -> Response:
    """Show one head of the people wall: veiled, or small and grey once faces are switched on."""
    clip, frame, box = read_piece_place(ask.project, ask.named("piece"))
    veiled = not ask.desk.settings["faces"] or ask.query("veiled") == "1"
    if not veiled:
        _record_look(ask, clip, frame)
    made = pictures_of(ask.desk).head(ask.project, clip, (frame, Box(*box)), veiled=veiled)
    return Response(made, media_type="image/jpeg")


def _record_look(ask: Ask, clip: str, frame: int) -> None:
    """Record a look at a face, once while the page runs: the wall is loaded again and again."""
    with ask.desk.opening:
        looked: set[tuple[str, str, int]] = ask.desk.held.setdefault("looked", set())
        seen = (str(ask.project.folder), clip, frame)
        if seen not in looked:
            ask.project.act(LookAtOriginal(clip, frame, frame + 1))
            looked.add(seen)


def _proxy(ask: Ask) -> Response:
    """Give the clip's protected proxy, a range of it where one is asked for."""
    row = read_clip_row(ask.project, ask.named("clip"))
    path = proxy_of(ask, row.id)
    if path is None:
        raise UsageError(
            f"clip {row.id} has no proxy", kept="nothing was changed", next_step="safehouse proxies"
        )
    return file_answer(ask.request, path, "video/mp4")


def _masks(ask: Ask) -> Response:
    """Tell the masks of some frames, with their keys."""
    row = read_clip_row(ask.project, ask.named("clip"))
    seen = pictures_of(ask.desk).plans.seen(ask.project, row)
    first, end = 0, min(seen.video.times.count, MASKS_MOST)
    with suppress(ValueError):
        first = max(0, int(ask.query("first", "0")))
        end = min(first + MASKS_MOST, int(ask.query("end", str(end))), seen.video.times.count)
    found = masks_between(seen.masks, first, end)
    return as_json({"first": first, "end": end, "masks": msgspec.to_builtins(found)})


ROUTES = [
    Route("/clips/{clip}/frames/{frame:int}.jpg", page(_picture(_protected))),
    Route("/clips/{clip}/original.json", page(_original), methods=["POST"]),
    Route("/clips/{clip}/proxy.mp4", page(_picture(_proxy))),
    Route("/clips/{clip}/masks.json", page(_masks)),
    Route("/faces/{piece}.jpg", page(_picture(_head))),
]
