import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from errands import (
    die,
    double,
    fail,
    fill_memory,
    interfaces,
    leave_pieces,
    resident_kb,
    spin,
)

from safehouse.errors import SourceBroken, SourceCrashed
from safehouse.workers import Limits, Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2) as pool:
        yield pool


def test_results_come_with_the_number_of_their_call(workers: Workers) -> None:
    found = dict(workers.run_all(double, [(n,) for n in range(9)]))
    assert found == {n: 2 * n for n in range(9)}


def test_an_error_crosses_the_border_whole(workers: Workers) -> None:
    with pytest.raises(SourceBroken) as caught:
        workers.run(fail)
    assert (caught.value.happened, caught.value.kept) == ("it broke", "all")


def test_poll_is_called_while_a_job_runs(workers: Workers) -> None:
    seen: list[float] = []
    workers.run(time.sleep, 0.7, poll=lambda: seen.append(time.monotonic()))
    assert len(seen) >= 2


def test_workers_have_no_network(workers: Workers) -> None:
    names = workers.run(interfaces)
    if names != ["lo"]:
        pytest.skip("this system can't take the network from a process")


def test_a_worker_that_dies_is_an_error_and_the_next_job_runs() -> None:
    with Workers(1) as pool:
        with pytest.raises(SourceCrashed):
            pool.run(die)
        assert pool.run(double, 4) == 8


def test_an_endless_loop_ends_at_its_limit() -> None:
    with Workers(1, Limits(job_cpu_s=1)) as pool, pytest.raises(SourceCrashed):
        pool.run(spin)


def test_memory_beyond_the_limit_is_an_error() -> None:
    with Workers(1, Limits(memory_bytes=2 << 30)) as pool, pytest.raises(SourceCrashed):
        pool.run(fill_memory)


def test_a_job_alone_takes_its_process_with_it(workers: Workers) -> None:
    alone = workers.run_alone(os.getpid)
    assert alone != workers.run(os.getpid)
    assert not Path(f"/proc/{alone}").exists()


def test_what_a_job_left_is_handed_back() -> None:
    with Workers(1) as pool:
        before = pool.run(resident_kb)
        pool.run(leave_pieces)
        assert pool.run(resident_kb) < before + 50_000
