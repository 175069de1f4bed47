"""Places of waiting add up to the waits of the trace, and name who ended them."""

from __future__ import annotations

from functools import cache

import numpy as np

from flakecore.bundle import open_bundle
from flakecore.gotrace import State
from flakecore.timeline import Case, list_cases, load_case
from flakecore.timeline.profiles.contention import WaitSite, wait_sites
from flakecore.timeline.profiles.trace_profiles import WAIT_KIND, TraceProfiles
from program import SAMPLE


@cache
def _case() -> Case:
    with open_bundle(SAMPLE) as bundle:
        return load_case(bundle, list_cases(bundle)[0])


def _sites(start_ns: int = 0, end_ns: int = 1 << 60, *goroutines: int) -> tuple[WaitSite, ...]:
    case = _case()
    assert case.trace is not None and case.schedule is not None
    chosen = np.array(goroutines, np.int64) if goroutines else None
    system = case.schedule.tree.system
    return wait_sites(case.trace, case.package, start_ns, end_ns, chosen, without=system)


def test_places_add_up_to_the_waits_of_the_trace() -> None:
    case = _case()
    assert case.trace is not None and case.schedule is not None
    waits = TraceProfiles(case.trace, case.schedule.tree, case.tests).profile(
        WAIT_KIND, 0, case.end_ns + 1
    )
    on_others = ("mutex", "cond", "wait group", "chan send", "chan receive", "select")
    chosen = [
        any(label.key == "waits" and label.text in on_others for label in waits.label_sets[each])
        for each in waits.labels_of_sample
    ]
    sites = _sites()
    assert sum(site.waits for site in sites) == waits.values[chosen, 0].sum()
    assert sum(site.total_ns for site in sites) == waits.values[chosen, 1].sum() > 0
    assert all(site.longest_ns >= site.mean_ns > 0 and site.paths >= 1 for site in sites)


def test_a_lock_that_was_let_go_of_names_where_and_one_that_never_was_does_not() -> None:
    (ledger,) = (s for s in _sites() if s.frame.short_file == "ledger.go")
    assert (ledger.state, ledger.frame.line, ledger.unended) == (State.MUTEX, 38, 2)
    assert ledger.waits == 3 and sum(count for _, count in ledger.wakers) == 1
    assert ledger.wakers[0][0].function == "example.com/flaky/courier.Transfer"
    (stuck,) = (
        s for s in _sites() if s.frame.short_file == "ledger_test.go" and s.frame.line == 23
    )
    assert (stuck.state, stuck.waits, stuck.unended, stuck.wakers) == (State.WAIT_GROUP, 1, 1, ())


def test_only_the_part_of_a_wait_that_lies_in_the_window_counts() -> None:
    whole, part = _sites(), _sites(0, 1_000_000_000)
    (before,) = (s.total_ns for s in whole if s.state is State.WAIT_GROUP and s.unended)
    (after,) = (s.total_ns for s in part if s.state is State.WAIT_GROUP and s.unended)
    assert after < 1_000_000_000 < before
    assert _sites(-10, 0) == ()


def test_waits_of_one_goroutine_are_its_own() -> None:
    case = _case()
    assert case.schedule is not None
    (site,) = (s for s in _sites(0, 1 << 60, 16) if s.unended)
    assert site.frame.short_file == "ledger_test.go"
