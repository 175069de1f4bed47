"""Which findings come first, and which are left out.

The order: causes before effects before circumstances; of the failing test before others; what
accounts for the wait of the test's own goroutine before what goes on beside it; what is seen before
what is inferred; what explains more goroutines first; then the order of the registry.
An effect that a cause explains (all its goroutines are among the cause's) is left out: a wait group
that waits for goroutines of a deadlock adds nothing. So is a cause whose goroutines are all among
those of one before it: it is the same from another side.
"""

from __future__ import annotations

from collections.abc import Iterable

from flakecore.diagnosis.findings import Certainty, Finding, Weight

_WEIGHTS = tuple(Weight)
_CERTAINTIES = tuple(Certainty)


def ranked(findings: Iterable[Finding], test: int, waits: int = 0) -> tuple[Finding, ...]:
    """Return findings, the strongest first.

    Args:
        findings: in the order of the registry.
        test: index of the failing test; -1 for none.
        waits: the test's own goroutine, where it waited when the test failed; 0 for none.
    """
    found = list(findings)
    causes = [each for each in found if each.weight is Weight.CAUSE]
    kept = [each for each in found if not _is_explained(each, causes)]
    order = sorted(range(len(kept)), key=lambda at: (*_key(kept[at], test, waits), at))
    chosen: list[Finding] = []
    for each in (kept[at] for at in order):
        is_cause = each.weight is Weight.CAUSE and bool(each.explains)
        if not is_cause or not any(
            one.weight is Weight.CAUSE and each.explains <= one.explains for one in chosen
        ):
            chosen.append(each)
    return tuple(chosen)


def _is_explained(finding: Finding, causes: list[Finding]) -> bool:
    if finding.weight is not Weight.EFFECT or not finding.explains:
        return False
    return any(finding.explains <= cause.explains for cause in causes)


def _key(finding: Finding, test: int, waits: int) -> tuple[int, bool, bool, int, int]:
    return (
        _WEIGHTS.index(finding.weight),
        finding.test != test,
        finding.weight is Weight.CAUSE and waits not in finding.explains,
        _CERTAINTIES.index(finding.certainty),
        -len(finding.explains) if finding.weight is Weight.CAUSE else 0,
    )
