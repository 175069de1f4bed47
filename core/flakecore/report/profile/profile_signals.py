"""What stands out in the profiles of a case, in words: cycles of waits, and what grows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flakecore.gotrace import State
from flakecore.loss import Loss
from flakecore.pprof import growing_sites
from flakecore.report.hotspots import format_value
from flakecore.timeline import Case, CaseProfile, Frame
from flakecore.timeline.profiles.contention import WaitSite
from flakecore.timeline.profiles.profile_series import is_pulled, profile_series
from flakecore.timeline.profiles.trace_profiles import TRACE_KINDS, WAIT_KIND, WALL_KIND
from flakecore.timeline.sources import Sources
from flakecore.times import MILLISECOND, format_duration
from flakecore.unexpected_errors import loss_of_error

if TYPE_CHECKING:
    from flakecore.diagnosis.waits.locks.lock_order_cycles import StackOfWaits

_BLOCK, _MUTEX, _HEAP = "block", "mutex", "mem"
_OF_WAITS = (_BLOCK, _MUTEX, WAIT_KIND, WALL_KIND)
_OFTEN = 10
"""Waits at one place from which on it is stated to be waited at."""
LONG_NS = 50 * MILLISECOND
"""From how long a place of waiting stands out: below it few tests have a limit to break."""
_MOST = 3
"""Sentences of one sort: the rest are found by ``contention`` and ``series``."""


def profile_signals(
    case: Case,
    profiles: Sequence[CaseProfile],
    kind: str,
    sources: Sources | None,
    losses: list[Loss] | None = None,
) -> tuple[str, ...]:
    """Return sentences on what stands out in the profile of a kind.

    Args:
        case: the case.
        profiles: all that it has.
        kind: of the profile that is looked at.
        sources: finds its source files; None for nowhere.
        losses: gets one where that fails.
    """
    try:
        if kind in _OF_WAITS and sources is not None:
            return _cycles(case, profiles, kind, sources)
        return tuple(growing(profiles, case.package)) if kind == _HEAP else ()
    except Exception as error:
        if losses is not None:
            losses.append(loss_of_error(error, case.package, "what stands out is not worked out"))
        return ()


def _cycles(
    case: Case, profiles: Sequence[CaseProfile], kind: str, sources: Sources
) -> tuple[str, ...]:
    # Imported here: the explorer starts without what reads source.
    from flakecore.diagnosis.source.go_files import GoFiles
    from flakecore.diagnosis.waits.locks.lock_order_cycles import lock_order_cycles
    from flakecore.report.profile.channel_cycles import channel_cycles, sites_of_trace

    files = GoFiles(sources, case.package)
    found = [cycle.text for cycle in lock_order_cycles(case, _waits(case, profiles), files)[:_MOST]]
    if kind in TRACE_KINDS:
        sites = sites_of_trace(case)
        found += [cycle.text for cycle in channel_cycles(case, sites, files)[:_MOST]]
        found += _convoy(sites)
    return tuple(found)


def _convoy(sites: Sequence[WaitSite]) -> Iterator[str]:
    """Yield a sentence on the lock that was waited for longest, where that was long and often."""
    site = next((each for each in sites if each.state is State.MUTEX), None)
    if site is None or site.waits < _OFTEN or site.total_ns < LONG_NS:
        return
    at = f"{site.frame.short_function} {site.frame.short_file}:{site.frame.line}"
    ended = ""
    if site.wakers:
        by = site.wakers[0][0]
        ended = f", mostly until {by.short_function} {by.short_file}:{by.line}"
    yield (
        f"{at} waited for a mutex {site.waits:,} times, {format_duration(site.total_ns)} in all and"
        f" {format_duration(site.longest_ns)} at most{ended}"
    )


def _waits(case: Case, profiles: Sequence[CaseProfile]) -> list[StackOfWaits]:
    """Return the waits for locks: of the trace, or where it has none, of the block profile."""
    from flakecore.diagnosis.waits.locks.lock_order_cycles import stacks_of_profile, stacks_of_trace

    if case.trace is not None:
        return stacks_of_trace(case, ended=False)
    series = profile_series(profiles, _BLOCK)
    return stacks_of_profile(series[-1].profile) if series else []


def growing(profiles: Sequence[CaseProfile], package: str = "") -> Iterator[str]:
    """Yield a sentence on each line whose allocations grow from heap profile to heap profile.

    Args:
        profiles: of any kinds; those of other kinds are left out.
        package: import path of the package under test; "" if unknown.
    """
    series = profile_series(profiles, _HEAP)
    for pulled in (False, True):
        heaps = [each.profile for each in series if is_pulled(each) is pulled]
        for site in growing_sites(heaps, package, of_repetitions=not pulled)[:_MOST]:
            where = Frame(site.where.function, site.where.file, site.where.line)
            first, last = (format_value(site.sizes[at], "bytes") for at in (0, -1))
            yield (
                f"what {where.short_function} {where.short_file}:{where.line} made and is alive"
                f" keeps growing through {len(heaps)} heap profiles, from {first} to {last}"
            )
