"""Pages on the case's clock: what page and trace both have is at the same time in both."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.object_runs import page_run
from diagnosis.objects.made_case import made_case
from flakecore.bundle import open_bundle
from flakecore.diagnosis.objects.page_clock import COARSE_NS
from flakecore.objects import PageReason
from flakecore.timeline import Lane, LaneKind, load_cases
from objects.made_pages import page
from toolchains import NEWEST

RELEASES = (pytest.param("1.22.10", marks=pytest.mark.slow), NEWEST)
"""The older one has no moment in its traces that is known on another clock."""


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.slow
def test_a_wait_begins_in_the_page_when_it_begins_in_the_trace(release: str) -> None:
    case = page_run("lock_cycle", release).case
    (found,) = (each for each in case.objects if each.reason is PageReason.DEADLINE)
    assert found.timed
    assert case.schedule is not None
    compared = 0
    for each in found.goroutines:
        last = case.schedule.last(Lane(LaneKind.GOROUTINE, each.number))
        if last is None or not last.to_the_end or each.reason != "sync.Mutex.Lock":
            continue
        assert each.since_ns is not None
        assert abs(each.since_ns - last.start_ns) < COARSE_NS
        compared += 1
    assert compared > 8


def test_without_a_trace_the_wall_clock_places_a_page(tmp_path: Path) -> None:
    found = made_case(tmp_path, page(mono_ns=5, unix_ns=1_700_000_000_000_000_005))
    assert found.clock.zero_wall_ns == 1_700_000_000_000_000_000
    assert [(each.at_ns, each.timed) for each in found.objects] == [(5, True)]


def test_a_page_that_cannot_be_read_is_a_loss_of_its_case(tmp_path: Path) -> None:
    made_case(tmp_path, page())
    file = tmp_path / "objects.json"
    file.write_bytes(file.read_bytes()[:-9])
    (case,) = load_cases(open_bundle(tmp_path))
    assert [str(loss).partition(" (")[0] for loss in case.losses] == [
        "objects.json: its last page is cut off"
    ]
