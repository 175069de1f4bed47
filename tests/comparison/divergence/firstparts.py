"""Two runs of tests that part at known steps, and where they are found to part."""

from __future__ import annotations

from flakecore.comparison.divergence.differences import first_difference
from flakecore.comparison.divergence.first_difference import FirstDifference
from flakecore.comparison.predicates.event import TestRecord
from flakecore.timeline import Case
from timeline.captures import TESTDATA, capture
from toolchains import NEWEST

SOURCE = (TESTDATA / "firstparts" / "firstparts_test.go").read_text().splitlines()


def cases() -> tuple[Case, Case]:
    """Return the run in which each test fails, and the one in which all pass."""
    failed = capture(NEWEST, "firstparts", "-cpu=1", "-parallel=7").case
    return failed, capture(NEWEST, "firstparts", "-cpu=1").case


def line(mark: str) -> str:
    """Return the place of the line that ends with a comment."""
    (number,) = (at for at, text in enumerate(SOURCE, 1) if text.endswith(f"// {mark}"))
    return f"firstparts_test.go:{number}"


def parts(test: str, *passed: TestRecord) -> FirstDifference:
    found = first_difference(*cases(), test, passed)
    assert found is not None
    return found


def sides(found: FirstDifference) -> tuple[str, ...]:
    """Return what each side did, without numbers of goroutines."""
    words = found.words
    for number in found.numbers:
        words = (words[0].replace(f" (G{number})", ""), words[1].replace(f" (G{number})", ""))
    return words
