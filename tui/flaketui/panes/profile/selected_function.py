"""The code that is selected elsewhere in the explorer, and which profile has it."""

from __future__ import annotations

from typing import NamedTuple

from flakecore.diagnosis import Finding, Role
from flakecore.frames import shown_frame
from flakecore.timeline.profiles.trace_profiles import CPU_KIND, WAIT_KIND
from flaketui.view.scene import Scene

_WAITING = frozenset({Role.WAITS, Role.SENDS, Role.RECEIVES})
_OF_RULE = {"alloc-share": ("mem", "alloc_space"), "heap-grows": ("mem", "inuse_space")}
"""Kind of profile and what it counts, of findings on profiles."""


class SelectedFunction(NamedTuple):
    """A function of one's own, and the profile that it is looked for in.

    Attributes:
        function: qualified name; "" for none.
        kind: of the profile.
        measure: what that counts; "" for its own choice.
    """

    function: str
    kind: str = CPU_KIND
    measure: str = ""


def selected_function(scene: Scene, *, of_finding: bool = False) -> SelectedFunction:
    """Return where the selected goroutine stands at the cursor, else what the finding names first.

    Args:
        scene: what is shown.
        of_finding: whether the finding is what was chosen last.
    """
    named = _of_finding(scene)
    now = scene.interval
    frame = shown_frame(now.stack, scene.case.package) if now is not None else None
    if frame is None or now is None or (of_finding and named.function):
        return named
    return SelectedFunction(frame.function, WAIT_KIND if now.state.waiting else CPU_KIND)


def names_what_runs(finding: Finding) -> bool:
    """Return whether a finding is of code that runs or allocates: its profile shows more of it."""
    return any(place.function and place.role is Role.RUNS for place in finding.places)


def _of_finding(scene: Scene) -> SelectedFunction:
    findings, chosen = scene.findings or (), scene.view.selection.finding
    if not 0 <= chosen < len(findings):
        return SelectedFunction("")
    finding = findings[chosen]
    for place in finding.places:
        if place.function:
            waits = WAIT_KIND if place.role in _WAITING else CPU_KIND
            kind, measure = _OF_RULE.get(finding.rule, (waits, ""))
            return SelectedFunction(place.function, kind, measure)
    return SelectedFunction("")
