"""What one test makes reaches another by a variable of the package alone."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import program
from diagnosis.source.go_text import package
from flakecore.diagnosis.waits.peers.apart_tests import root_test, shares_objects
from toolchains import NEWEST


@pytest.mark.parametrize(
    "declared",
    [
        "",
        'var errJam = errors.New("jam")',
        "var limit, name = 3, `mill`",
        "var (\n\tverbose bool\n\tmu sync.Mutex\n\tages map[string]int\n)",
        "var _ fmt.Stringer = (*mill)(nil)",
        'var update = flag.Bool("update", false, "write the files")',
        "var wait = 20 * time.Second",
        "var kinds = []string{`a`, `b`}",
    ],
)
def test_errors_numbers_and_texts_lead_to_no_object(declared: str) -> None:
    inside = "type mill struct{ sacks chan int }\nfunc f() {\n\tvar m *mill\n\t_ = m\n}\n"
    assert not shares_objects(package(f"{declared}\n{inside}"))


@pytest.mark.parametrize(
    "declared",
    [
        "var shared = newMill()",
        "var shared *mill",
        "var mills []*mill",
        "var mills = map[string]*mill{}",
        "var sacks = make(chan int)",
        "var begin func()",
        "var one, other = 1, newMill()",
        "var (\n\tlimit = 3\n\tpool sync.Pool\n)",
        "var limit = 20 * count()",
    ],
)
def test_anything_else_may(declared: str) -> None:
    assert shares_objects(package(f"{declared}\n"))


@pytest.mark.needs_go
def test_subtests_are_of_the_outermost_test() -> None:
    case = program("left_alike", NEWEST, "-run=TestSubtestsAsk").case
    names = {each.name: each.index for each in case.tests}
    (outer,) = (index for name, index in names.items() if "/" not in name)
    assert {root_test(case, index) for index in names.values()} == {outer}
    assert len(names) > 1
    assert root_test(case, -1) == -1
