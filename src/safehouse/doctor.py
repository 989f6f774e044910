"""What this machine has of what safehouse needs, and how fast it will be."""

from collections.abc import Callable
from importlib.metadata import version

from safehouse import offline
from safehouse.errors import SafehouseError
from safehouse.machine import core_count, cpu_level, has_bf16

__all__ = ["look_around"]

Row = tuple[str, bool, str]

LIBRARIES = (
    "av",
    "numpy",
    "opencv-python-headless",
    "openvino",
    "dlib-bin",
)


def look_around() -> list[Row]:
    """Return (what, whether it is here, what was found) for libraries, models, CPU and limits."""
    rows = [
        ("CPU", True, f"{cpu_level()}, {core_count()} cores, {_fast_words()}"),
        ("network", True, _network_words()),
    ]
    rows += [(name, *_try(lambda name=name: version(name))) for name in LIBRARIES]  # type: ignore[misc]  # the default binds the loop's name
    rows.append(("finding model", *_try(_model_words)))
    rows.append(("second opinion", *_try(_second_words)))
    rows.append(("speech", True, _speech_words()))
    return rows


def _try(look: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, look()
    except SafehouseError as error:
        return False, error.happened
    except Exception as error:  # noqa: BLE001 - a doctor names whatever is wrong
        return False, type(error).__name__


def _fast_words() -> str:
    return "BF16" if has_bf16() else "no BF16 (looking takes about twice as long)"


def _network_words() -> str:
    """Say whether the system takes the network away from workers, as it was done to this one."""
    if offline.network_blocked():
        return "taken away from the processes that read files"
    return "this system can't take it away from a process; safehouse never uses it"


def _model_words() -> str:
    """Return how long the detector takes at a common size, which also checks its digest."""
    from safehouse.analysis.run import time_detector

    each_s = time_detector()
    return f"here; {1000 * each_s:.0f} ms a look at 736x1280"


def _speech_words() -> str:
    """Return which espeak-ng there is; only `--voices revoice` needs it."""
    from safehouse.voices.espeak import find_espeak

    try:
        found = find_espeak()
    except SafehouseError as error:
        return f"{error.happened}; for --voices revoice: {error.next_step}"
    return f"espeak-ng {found.version}, {len(found.languages)} languages and regions"


def _second_words() -> str:
    from safehouse.audit.faces import check_models

    return check_models()
