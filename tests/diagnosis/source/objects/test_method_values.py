"""Methods that are handed on may be called by anybody, at any time."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.objects.method_values import (
    counts_down_elsewhere,
    hands_on,
    unlocks_elsewhere,
)


def package(body: str) -> GoPackage:
    found = GoPackage.parsed("/p", {"p.go": f"package p\n\nfunc f() {{\n{body}\n}}\n"})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("wg.Done()", False),
        ("defer wg.Done()", False),
        ("time.AfterFunc(time.Second, wg.Done)", True),
        ("done := wg.Done; done()", True),
        ("wg.Go(work)", True),
        ("go work(&wg)", False),
    ],
)
def test_a_wait_group_may_be_counted_down_by_whom_the_source_does_not_show(
    body: str, expected: bool
) -> None:
    assert counts_down_elsewhere(package(body)) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("mu.Lock(); defer mu.Unlock()", False),
        ("mu.Lock(); time.AfterFunc(time.Second, mu.Unlock)", True),
        ("var l sync.Locker = &mu; l.Lock(); work(l)", True),
        ("t.Cleanup(mu.RUnlock)", True),
    ],
)
def test_a_lock_may_be_released_by_whom_the_source_does_not_show(body: str, expected: bool) -> None:
    assert unlocks_elsewhere(package(body)) is expected


def test_a_field_of_the_same_name_is_no_call() -> None:
    assert hands_on(package("x := job.Done; _ = x"), ("Done",))
    assert not hands_on(package("job.Done().Done()"), ("Done",))
