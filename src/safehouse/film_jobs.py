"""What a worker process does with a film's clips; like `jobs`, files in and values out."""

from pathlib import Path

import msgspec

from safehouse.jobs import teller
from safehouse.model.acts import Piece, Question
from safehouse.model.documents import parse_document
from safehouse.model.findings import Findings

__all__ = ["Seen", "View", "pieces_job"]


class View(msgspec.Struct, frozen=True, array_like=True):
    """One view of a face: its piece and frame, what it tells (0 … 1), and 128 float32."""

    piece: str
    frame: int
    worth: float
    embedding: bytes


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """What a clip's findings become: pieces, questions, and views of faces."""

    pieces: tuple[Piece, ...]
    questions: tuple[Question, ...]
    views: tuple[View, ...]


def pieces_job(source: str, findings: str, told: str, faces: bool) -> bytes:
    """Return the pieces and questions of a clip, and views of its faces, as MessagePack.

    Views are biometric data: they are returned and never written. faces False takes none.
    """
    from safehouse.analysis.asking import questions_of
    from safehouse.analysis.pieces import cut_tracks, with_best_views

    found = parse_document(Path(findings).read_bytes(), Findings)
    pieces = cut_tracks(found)
    if not faces:
        return msgspec.msgpack.encode(Seen(pieces, questions_of(found), ()))
    from safehouse.analysis.faces import choose_looks, jumps_of, look_at_faces

    looks = look_at_faces(Path(source), found, choose_looks(found, pieces), teller(told))
    jumps = jumps_of(looks, pieces)
    if jumps:
        pieces = cut_tracks(found, jumps)
    worth = {(look.track, look.frame): look.worth for look in looks}
    pieces = with_best_views(pieces, worth, found)
    views = [
        View(piece.id, look.frame, look.worth, look.embedding)
        for piece in pieces
        for look in looks
        if look.track == piece.track and piece.first <= look.frame < piece.end
    ]
    return msgspec.msgpack.encode(Seen(pieces, questions_of(found, jumps), tuple(views)))
