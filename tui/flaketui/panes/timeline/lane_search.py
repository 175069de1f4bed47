"""Search among the lanes of a case: goroutines, and the tasks, regions and logs of the trace."""

from __future__ import annotations

from flakecore.timeline import Case, LaneKind
from flaketui.view.search import Match
from flaketui.view.viewport import SelectionKind

ANNOTATIONS_FOUND = 2000
"""The longest regions, and the last logs, that a search finds."""


def find_lanes(case: Case, needle: str) -> list[Match]:
    """Return the goroutines whose number or function matches, and the annotations that do.

    A number, with or without a ``g`` before it, finds the goroutine of that number.
    """
    matches = _annotations(case, needle)
    if case.schedule is None:
        return matches
    number = needle.removeprefix("g")
    for lane in case.schedule.lanes(LaneKind.GOROUTINE):
        goroutine = case.schedule.goroutine(lane.id)
        if goroutine is None:
            continue
        if number == str(lane.id) or needle in goroutine.function.lower():
            text = f"{lane} {goroutine.short_function}"
            matches.append(Match(goroutine.created_ns, 1, lane.id, SelectionKind.LANE, text))
    return matches


def _annotations(case: Case, needle: str) -> list[Match]:
    """Return the tasks, regions and logs of the trace that match."""
    annotations = case.annotations
    if annotations is None:
        return []

    def is_wanted(text: str) -> bool:
        return needle in text.lower()

    tasks = [task for task in annotations.tasks if is_wanted(task.name)]
    regions = annotations.regions_named(is_wanted, ANNOTATIONS_FOUND)
    found = [(task.start_ns, task.goroutine, f"task {task.name}") for task in tasks]
    found += [(region.start_ns, region.goroutine, f"region {region.name}") for region in regions]
    found += [
        (log.time_ns, log.goroutine, f"log {log.category}: {log.message}")
        for log in annotations.logs_matching(is_wanted, ANNOTATIONS_FOUND)
    ]
    return [
        Match(time_ns, 1, goroutine, SelectionKind.LANE, f"G{goroutine} {text}")
        for time_ns, goroutine, text in found
        if goroutine > 0
    ]
