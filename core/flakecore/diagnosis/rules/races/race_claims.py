"""What a race is called: both accesses and who did them, as long as a line has room for."""

from __future__ import annotations

import re

from flakecore.diagnosis.rules.races.raced_accesses import RacedAccess, plain_name
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.timeline.dumps.dump_tests import name_of_test

_ENDS = "testing.tRunner.func"
"""The deferred function in which a test is set to be done (``src/testing/testing.go``, tRunner)."""
_CALLS = re.compile(
    r"^testing\.\(\*(?:common|T|B|F)\)\.(log|logDepth|Logf?|Errorf?|Fatalf?|Fail|FailNow)$", re.M
)


def race_claim(
    first: RacedAccess,
    second: RacedAccess,
    siblings: tuple[str, ...],
    variable: str,
    fault: str = "",
) -> str:
    """Return both accesses, and who did them.

    Args:
        first: the one that is reported first.
        second: the other one.
        siblings: the two subtests that they are in, or all of which they are two; empty for none.
        variable: what they are on; "" if unknown.
        fault: why their locks do not keep them apart; "" if they have none, or it is not known.
    """
    if late := late_claim(first, second):
        return late
    claims = _between if siblings else _beside
    plain = claims("Race", first, second, siblings)
    on = claims(f"Race on {variable}", first, second, siblings) if variable else ()
    # The names of two subtests come before what they share.
    of_subtests = (*on[:-1], *plain[:-1], *on[-1:], plain[-1])
    found = of_subtests if siblings else (*on, *plain)
    with_fault = (f"{each}; {fault}" for each in found if fault)
    return first_that_fits(*with_fault, *found)


def _beside(
    race: str, first: RacedAccess, second: RacedAccess, _: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the claims on a race of two goroutines, the longest first."""
    if first.frame == second.frame and first.frame is not None:
        at = f" at {first.frame.place}" if first.frame.place else ""
        where = f"in {plain_name(first.frame)}{at}"
        does = "both write" if first.kind == second.kind else "one writes, the other reads"
        froms = list(dict.fromkeys(side.who for side in (first, second) if side.who))
        return (
            f"{race}: two goroutines{bracketed(' and '.join(froms))} {where}: {does}",
            f"{race}: two goroutines {where}: {does}",
        )
    after = first.after or second.after
    ended = f", after {after} had ended" if after else ""
    with_who = [
        f"{side.at}{bracketed(side.who) if side.frame is not None else ''}"
        for side in (first, second)
    ]
    return (
        f"{race}: {with_who[0]}, {with_who[1]}{ended}",
        f"{race}: {first.at}, {second.at}{ended}",
        f"{race}: {first.at}, {second.at}",
        f"{race}: {first.short}, {second.short}",
    )


def late_claim(first: RacedAccess, second: RacedAccess) -> str:
    """Return the claim on a race of a test's end with who still calls it; "" for any other."""
    for ends, caller in ((first, second), (second, first)):
        does = _CALLS.search("\n".join(frame.function for frame in caller.frames))
        if not (ends.frames and ends.frames[0].function.startswith(_ENDS) and does):
            continue
        if caller.frame is None:
            return ""
        what = "logs to" if does[1].lower().startswith("log") else "fails"
        where = f"{plain_name(caller.frame)} at {caller.frame.place}"
        name = name_of_test(caller.made.function) if caller.made is not None else ""
        test = name or "a test"
        return first_that_fits(
            f"{where}{bracketed(caller.who)} {what} {test} while that ends",
            f"{where} {what} {test} while that ends",
            f"{where} {what} its test while that ends",
        )
    return ""


def _between(
    race: str, first: RacedAccess, second: RacedAccess, siblings: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the claims on a race between two subtests of one test, the longest first."""
    whom = f"two of {len(siblings)} subtests of {first.closure_of}"
    if len(siblings) == 2:
        whom = " and ".join(siblings)
    if first.frame == second.frame and first.frame is not None:
        does = "both write" if first.kind == second.kind else "one writes, the other reads"
        where = f"at {first.frame.place}: {does}"
        return (
            f"{race} between {whom} in {plain_name(first.frame)} {where}",
            f"{race} between {whom} {where}",
            f"{race} between subtests of {first.closure_of} {where}",
        )
    return (
        f"{race} between {whom}: {first.at}, {second.at}",
        f"{race} between {whom}: {first.short}, {second.short}",
        f"{race} between subtests of {first.closure_of}: {first.short}, {second.short}",
    )


def bracketed(text: str) -> str:
    """Return a text as it stands behind another: in brackets, or "" for none."""
    return f" ({text})" if text else ""
