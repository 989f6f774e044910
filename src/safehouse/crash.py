"""A fault of ours, told in three lines; its trace, without any value of the user's, is kept."""

import os
import tempfile
import traceback
from pathlib import Path

from safehouse.errors import SafehouseError

__all__ = ["as_failure"]


def as_failure(error: Exception) -> SafehouseError:
    """Return the failure that an exception is: itself, or a fault in safehouse.

    Of a fault the names of modules and lines go into a file of the system's temporary folder.
    """
    if isinstance(error, SafehouseError):
        return error
    happened = f"a fault in safehouse itself ({type(error).__name__})"
    lines = [f"{type(error).__name__}"]
    for step in traceback.extract_tb(error.__traceback__):
        lines.append(f"{Path(step.filename).name}:{step.lineno} in {step.name}")
    try:
        handle, name = tempfile.mkstemp(prefix="safehouse-crash-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return SafehouseError(happened, next_step=f"report it with this: {'; '.join(lines)}")
    return SafehouseError(
        happened,
        next_step=f"report it with the file {name}: it holds no path, name or picture of yours",
    )
