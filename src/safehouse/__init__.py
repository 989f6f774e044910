"""safehouse protects the people in documentary and human-rights footage.

The same power as the command:

    import safehouse

    result = safehouse.protect("interview.mov", "film.mov")
    print(result.film, result.held, [attack.result for attack in result.report.attacks])

The stages one by one, each from files to files: `analyse`, `build_plan`, `render`, `audit`. What a
report is worth on another machine: `verify_report`.
"""

from safehouse import offline as _offline

_offline.block_telemetry()

from safehouse.api import analyse, audit, build_plan, render  # noqa: E402 - the guard comes first
from safehouse.choices import Choices, Speech  # noqa: E402
from safehouse.errors import SafehouseError  # noqa: E402
from safehouse.main_job import Result, protect  # noqa: E402
from safehouse.reports import Verified, verify_report  # noqa: E402

__version__ = "0.1.0"
__all__ = [
    "Choices",
    "Result",
    "SafehouseError",
    "Speech",
    "Verified",
    "__version__",
    "analyse",
    "audit",
    "build_plan",
    "protect",
    "render",
    "verify_report",
]
