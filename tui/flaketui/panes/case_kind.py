"""What a scene shows, as far as the choice of panes depends on it."""

from __future__ import annotations

from flakecore.timeline import FailureKind
from flaketui.panes.registry import Basis, Occasion
from flaketui.view.scene import Scene

_HANGS = frozenset({FailureKind.TIMEOUT})


def empty_panes(scene: Scene) -> frozenset[str]:
    """Return the panes that have nothing to show of a case that was read."""
    if basis_of(scene) is Basis.TRACE:
        return frozenset()
    empty = {"tests": not scene.case.tests, "output": not len(scene.case.output)}
    return frozenset(name for name, is_empty in empty.items() if is_empty)


def occasion_of(scene: Scene) -> Occasion:
    """Return what kind of failure is selected, or that nothing failed."""
    failure = scene.failure
    if failure is None:
        return Occasion.CHECK if scene.case.failures else Occasion.PASSED
    if failure.kind is FailureKind.RACE and failure.races:
        return Occasion.RACE
    return Occasion.HANG if failure.kind in _HANGS else Occasion.CHECK


def basis_of(scene: Scene) -> Basis:
    """Return what the case was read from: a trace, dumps, or output alone."""
    # While a bundle is read, a trace may be yet to come.
    if scene.case.schedule is not None or scene.progress:
        return Basis.TRACE
    return Basis.DUMPS if scene.case.dumps or scene.case.races else Basis.OUTPUT
