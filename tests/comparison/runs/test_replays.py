"""What of a failing run is not put back where it is replayed is told, and only that."""

from __future__ import annotations

from dataclasses import replace

from flakecore.bundle import Attempt, Host, HostLoad, Manifest, Revision, Settings
from flakecore.comparison import not_put_back

BEFORE = Manifest(
    go="go1.26.6",
    race=True,
    host=Host(cpus=8, before=HostLoad(load=3.0)),
    environment={"GODEBUG": "asyncpreemptoff=1"},
    revision=Revision(id="abc"),
    attempts=(
        Attempt(number=1, settings=Settings(gomaxprocs=1)),
        Attempt(number=2, exit_code=1, settings=Settings(gomaxprocs=2, delay="x.go:8 for 1s")),
        Attempt(number=3, exit_code=1, settings=Settings(gomaxprocs=4)),
    ),
)
AGAIN = replace(BEFORE, attempts=(Attempt(settings=Settings(gomaxprocs=4)),))


def test_what_is_as_it_was_is_not_told_and_neither_is_the_load_of_the_moment() -> None:
    busy = replace(BEFORE.host, before=HostLoad(load=9.0))
    assert not_put_back(BEFORE, replace(AGAIN, host=busy)) == ()


def test_each_condition_that_differs_is_told_with_both_values() -> None:
    here = replace(AGAIN, go="go1.27.3", race=False, environment={}, host=Host(cpus=8))
    (sentence,) = not_put_back(BEFORE, here)
    assert sentence == (
        "Not as in the failing run: scheduler default (then randomised); race off (then on);"
        " go go1.27.3 (then go1.26.6); no GODEBUG (then asyncpreemptoff=1)"
    )


def test_of_a_fix_the_source_is_meant_to_differ() -> None:
    fixed = replace(AGAIN, revision=Revision(id="def"))
    assert not_put_back(BEFORE, fixed, of_a_fix=True) == ()
    (sentence,) = not_put_back(BEFORE, fixed)
    assert sentence == "Not as in the failing run: revision def (then abc)"


def test_a_delay_that_all_failing_runs_had_is_not_put_back() -> None:
    only = replace(BEFORE, attempts=BEFORE.attempts[:2])
    here = replace(AGAIN, attempts=(Attempt(settings=Settings(gomaxprocs=2)),))
    (sentence,) = not_put_back(only, here)
    assert sentence == "Not as in the failing run: no delay (then x.go:8 for 1s)"
