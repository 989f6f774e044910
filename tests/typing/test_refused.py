"""mypy guards the exit: what is not protected does not reach the encoder."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parents[1] / "pyproject.toml"


@pytest.mark.slow
def test_mypy_refuses_exactly_the_marked_lines() -> None:
    from mypy import api

    told, fault, _ = api.run([str(HERE / "refused.py"), "--config-file", str(CONFIG)])
    assert not fault
    refused = {
        int(n) for n in re.findall(r"refused\.py:(\d+): error: .*\[(?:arg-type|list-item)\]", told)
    }
    lines = (HERE / "refused.py").read_text().splitlines()
    assert refused == {n for n, line in enumerate(lines, 1) if line.endswith("# refused")}, told
    assert told.count("error:") == len(refused), told
