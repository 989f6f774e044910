"""`safehouse doctor`: whether everything is here, and how fast this machine will be."""

from safehouse import jobs
from safehouse.cli.options import JsonFlag
from safehouse.cli.screen import print_json, print_lines
from safehouse.errors import EnvironmentLacks
from safehouse.workers import Workers


def doctor(as_json: JsonFlag = False) -> int:
    """Check libraries, models, CPU and limits, and estimate the speed.

    Example:
      safehouse doctor
    """
    with Workers(1) as workers:
        rows: list[tuple[str, bool, str]] = workers.run(jobs.doctor_job)
    if as_json:
        print_json([{"what": what, "here": here, "found": found} for what, here, found in rows])
    else:
        print_lines(*(f"{'ok ' if here else 'NOT'} {what}: {found}" for what, here, found in rows))
    missing = [what for what, here, _ in rows if not here]
    if missing:
        raise EnvironmentLacks(
            f"not here: {', '.join(missing)}",
            kept="nothing was read or written",
            next_step="install safehouse again: pip install --force-reinstall .",
        )
    return 0
