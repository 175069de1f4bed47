"""How sure it is that a race is one of the test that failed, in words.

Package testing fails each test that runs while the detector reports a race, and of parallel tests
the output does not show whose that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flakecore.diagnosis.findings import Evidence
from flakecore.timeline import Case, Failure, FailureKind, RaceOwner

_SHOWN = 8


Reported = Mapping[int, tuple[Failure, RaceOwner | None]]
"""By index of a race, the failure that it is given to, and the evidence for its test."""


def reported_races(failures: Sequence[Failure]) -> Reported:
    """Return the races that failures were given: by index of the race, the last of those."""
    return {
        index: (each, owner)
        for each in failures
        for index, owner in zip(each.races, each.race_owners, strict=False)
    }


def owner_evidence(
    case: Case, failure: Failure, reported: Reported, races: Sequence[int]
) -> tuple[list[Evidence], bool]:
    """Return the evidence of whose races some are, and whether that is inferred.

    Nothing where it is certain that they are those of the failure's test.

    Args:
        case: the case.
        failure: one of it.
        reported: whose its races are.
        races: indices into ``Case.races``.
    """
    texts: list[str] = []
    found = [reported[each] for each in races if each in reported]
    sure = next((each for each, owner in found if owner is None), None)
    if sure is not None and sure.test != failure.test:
        texts.append(f"it is a race of {sure.test_name}, counted while this test ran")
    texts += [_words(case, each, owner) for each, owner in found[:1] if owner and not sure]
    is_assertion = failure.kind is FailureKind.ASSERTION
    if is_assertion:
        texts.append("reported while the test ran; that it failed so because of this is inferred")
    doubtful = bool(found) and sure is None
    return [Evidence(text, None, 0) for text in texts], is_assertion or doubtful


def _words(case: Case, given: Failure, owner: RaceOwner) -> str:
    others = owner.others[: _SHOWN - 1]
    names = [given.test_name, *(case.tests[other].name for other in others)]
    left = len(owner.others) + 1 - _SHOWN
    more = f" and {left} more" if left > 0 else ""
    if not owner.goroutines:
        return f"nothing shows which of these it is in: {', '.join(names)}{more}"
    counts = [f"{name} {count}" for name, count in zip(names, owner.started, strict=False)]
    return (
        f"{owner.goroutines} goroutines race, all of one test unless tests share what they race"
        f" on; of those that fit {names[0]} started {owner.started[0]},"
        f" {', '.join(counts[1:])}{more}"
    )
