"""`safehouse inspect`: everything that a file says about its maker."""

from typing import Any

import msgspec

from safehouse import jobs
from safehouse.cli.options import Clip, JsonFlag
from safehouse.cli.screen import in_words, print_json, print_lines, print_plain
from safehouse.model.text import escape
from safehouse.outputs import require_source
from safehouse.workers import Workers


def inspect(file: Clip, as_json: JsonFlag = False) -> int:
    """Print everything that a file says about its maker, place, time and device.

    Example:
      safehouse inspect interview.mov
    """
    require_source(file)
    with Workers(1) as workers:
        found: dict[str, Any] = msgspec.to_builtins(workers.run(jobs.inspect_job, str(file)))
    if as_json:
        print_json(found)
    else:
        rows = found["rows"]
        print_plain(
            *(
                f"{in_words(r['kind']):8} {r['where']}: {r['what']} = {escape(str(r['value']))}"
                for r in rows
            )
        )
        print_lines(f"{len(rows)} things")
    return 0
