"""Questions that wait: nobody is asked while the head is hidden, and asked once it has a name."""

import sqlite3

__all__ = ["ask_waiting"]


def ask_waiting(db: sqlite3.Connection, clip: str) -> None:
    """Open the waiting questions about tracks of which a human confirmed a piece at that time."""
    db.execute(
        "UPDATE question SET answer = 'open' WHERE clip = ? AND answer = 'waits' AND EXISTS ("
        " SELECT 1 FROM piece p WHERE p.clip = question.clip AND p.person IS NOT NULL"
        " AND (question.track = '' OR p.track = question.track)"
        " AND p.first < question.end AND question.first < p.end)",
        (clip,),
    )
