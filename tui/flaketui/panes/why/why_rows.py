"""The rows of the Why pane: a failure's own words, then its findings with what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis import Finding, Place, Role
from flakecore.text.counted import counted
from flakecore.timeline import Failure, FailureKind
from flakecore.times import format_time
from flaketui.panes.details.sentences import failure_headline
from flaketui.panes.why.slowest_rows import slowest_rows
from flaketui.panes.why.why_row import WhyRow
from flaketui.view.scene import Scene

MESSAGE_LINES = 6
"""Lines of a failure's message that are shown."""
_LOSSES = 3
"""Losses that are shown where nothing failed; the details show more."""
UNEXPLAINED = "No rule explains this failure: what it printed and who waited is all that is known."

UNBUILT = "The package was not built: none of its tests ran."


def why_rows(scene: Scene) -> tuple[WhyRow, ...]:
    """Return the rows for the selected failure."""
    return tuple(_rows(scene))


def _rows(scene: Scene) -> Iterator[WhyRow]:
    failure = scene.failure
    if failure is None:
        if scene.case.failures:
            yield WhyRow("choose a failure with [ and ]", "muted")
        else:
            yield from _of_passed(scene)
        return
    message = [line for line in failure.message.split("\n") if line.strip()]
    if failure.kind is FailureKind.BUILD:
        message = [line for line in message if not line.startswith("# ")]
    if not _is_race_with_claim(scene, failure):
        yield WhyRow(_what_failed(scene, failure, message[:1]), "bad")
    for line in message[1:MESSAGE_LINES]:
        yield WhyRow(line, "strong", 1)
    if len(message) > MESSAGE_LINES:
        yield WhyRow(
            f"{counted(len(message) - MESSAGE_LINES, 'more line')} in the output", "faint", 1
        )
    if scene.findings is None:
        yield WhyRow("working out why", "faint")
    elif not scene.findings:
        is_build = failure.kind is FailureKind.BUILD
        yield WhyRow(UNBUILT if is_build else UNEXPLAINED, "muted")
    for number, finding in enumerate(scene.findings or ()):
        yield from _of_finding(number, finding)


def _is_race_with_claim(scene: Scene, failure: Failure) -> bool:
    """Return whether a claim has what the message of a race is: both accesses, in fewer words."""
    first = next(iter(scene.findings or ()), None)
    return failure.kind is FailureKind.RACE and first is not None and first.rule == FailureKind.RACE


def _what_failed(scene: Scene, failure: Failure, claims: Sequence[str]) -> str:
    """Return where a test failed and the first line of its message.

    Its name, what kind of failure it is and when it came stand in the top line of the screen.
    """
    place = f"{failure.file.rpartition('/')[2]}:{failure.line}" if failure.file else ""
    words = claims[0] if claims else failure_headline(failure, scene.case)
    return f"{place}: {words}" if place and place not in words else words


def _of_passed(scene: Scene) -> Iterator[WhyRow]:
    """Yield what is worth a look where nothing failed."""
    looks = tuple(slowest_rows(scene.case))
    outcome = "nothing failed" if scene.case.tests else "no result of a test is here"
    if scene.findings is None:
        yield WhyRow(f"{outcome}; looking for what is worth a look", "muted")
    elif scene.findings or looks or scene.losses:
        yield WhyRow(f"{outcome}; worth a look:", "muted")
    else:
        yield WhyRow(f"{outcome}, and nothing is worth a look", "muted")
    for number, finding in enumerate(scene.findings or ()):
        yield from _of_finding(number, finding)
    for loss in scene.losses[:_LOSSES]:
        yield WhyRow(f"lost: {loss}", "warn", 1)
    if len(scene.losses) > _LOSSES:
        more = len(scene.losses) - _LOSSES
        yield WhyRow(f"and {more:,} more in the details (6)", "warn", 1)
    yield from looks


def _of_finding(number: int, finding: Finding) -> Iterator[WhyRow]:
    title = f"{number + 1} {finding.rule} · {finding.weight} · {finding.certainty}"
    yield WhyRow(title, "accent", 0, number)
    yield WhyRow(finding.claim, "strong", 2, number, is_claim=True)
    for each in finding.evidence:
        moment = f"{format_time(each.time_ns)}s  " if each.time_ns is not None else ""
        yield WhyRow(f"{moment}{each.text}", "text", 2, number, each)
    if finding.places:
        yield WhyRow(_places(finding.places), "muted", 2, number)
    if finding.next:
        yield WhyRow(f"next: {finding.next}", "good", 2, number)


def _places(places: Sequence[Place]) -> str:
    who: dict[tuple[str, str], list[str]] = {}
    for place in places:
        if place.file:
            where = f"{place.file.rpartition('/')[2]}:{place.line}"
            role = "at" if place.role is Role.RUNS else place.role.replace("_", " ")
            names = who.setdefault((role, where), [])
            names += [f"G{place.goroutine}"] if place.goroutine else []
    parts = [
        f"{role} {where} ({', '.join(names)})" if names else f"{role} {where}"
        for (role, where), names in who.items()
    ]
    return " · ".join(parts)
