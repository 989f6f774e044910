"""Runs the review page on loopback, on a port that the system chooses, until it is stopped."""

import shutil
import socket
from collections.abc import Callable

import uvicorn

from safehouse.review.app import make_app
from safehouse.review.desk import Desk
from safehouse.review.films import Film

__all__ = ["close", "config_of", "serve"]

LOOPBACK = "127.0.0.1"


def serve(desk: Desk, ready: Callable[[str], None]) -> None:
    """Serve the page until the process is asked to stop; then close what is open.

    Args:
        desk: what the page holds.
        ready: is told the first link once the page listens.
    """
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((LOOPBACK, 0))
        place.listen(64)
        desk.host = f"{LOOPBACK}:{place.getsockname()[1]}"
        config = config_of(desk)
        ready(desk.link())
        try:
            uvicorn.Server(config).run(sockets=[place])
        finally:
            close(desk)


def config_of(desk: Desk) -> uvicorn.Config:
    """Return how the page is served: no log of addresses, no word of who serves, few at once."""
    return uvicorn.Config(
        make_app(desk),
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        ws="none",
        h11_max_incomplete_event_size=16 << 10,
        limit_concurrency=64,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
    )


def close(desk: Desk) -> None:
    """Stop the work, close the project, remove the private folder."""
    desk.work.stop_all()
    if (pictures := desk.held.pop("pictures", None)) is not None:
        pictures.close()
    project, desk.project = desk.project, None
    if project is not None:
        project.close()
    films = [job.result for job in desk.work.jobs.values() if isinstance(job.result, Film)]
    for folder in (desk.private, *(film.result.film.parent for film in films)):
        shutil.rmtree(folder, ignore_errors=True)
