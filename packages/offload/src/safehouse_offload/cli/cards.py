"""What a command does with a card and the terminal together."""

from pathlib import Path

from safehouse_offload import checkup, field
from safehouse_offload.cli.screen import progress, show_pages, view_size

__all__ = ["check_card"]


def check_card(card: Path, *, view: bool, whole: bool, workers: int | None) -> field.Said:
    """Look into a card, show what is to be shown, and return what there is to say."""
    thumb = view_size(wanted=view)
    with progress() as tell:
        count = workers or field.default_workers()
        said, pages = checkup.check(card, whole=whole, thumb=thumb, workers=count, tell=tell)
    if view:
        show_pages(pages, thumb)
    return said
