"""The files of a project's clips: where they are, and whether they are what was added."""

from pathlib import Path

from safehouse.errors import SourceChanged, SourceMissing
from safehouse.pipeline import digest_file
from safehouse.store.reading_versions import ClipFacts

__all__ = ["changed_clip", "require_footage", "source_of"]

KEPT = "what was found and decided about it stays; nothing was written"

NEXT = (
    "put the file back as it was; or give the changed one another name and safehouse add it, "
    "as a new clip"
)


def changed_clip(clip: str, shown: str = "") -> SourceChanged:
    """Return the failure of a clip whose file is not the one that was added.

    What was found and decided belongs to the other file, so looking at this one again is no way
    out: the first file is put back, or this one becomes a clip of its own. shown is the file as it
    was named to a command.
    """
    happened = f"the file of clip {clip} changed since it was added"
    if shown:
        happened = f"'{shown}' is not the file that clip {clip} was when it was added"
    return SourceChanged(happened, kept=KEPT, next_step=NEXT)


def source_of(clip: ClipFacts) -> Path:
    """Return where a clip's file lies.

    Raises:
        SourceMissing: it is not there.
    """
    source = Path(clip.path)
    if not source.is_file():
        raise SourceMissing(
            f"the file of clip {clip.id} is not where it was",
            next_step="put the card back, or safehouse add the folder where it lies now",
        )
    return source


def require_footage(clip: ClipFacts) -> Path:
    """Return where a clip's file lies, which was read whole and is what was added.

    Raises:
        SourceMissing: it is not there.
        SourceChanged: it is another file.
    """
    source = source_of(clip)
    if digest_file(source) != clip.sha256:
        raise changed_clip(clip.id)
    return source
