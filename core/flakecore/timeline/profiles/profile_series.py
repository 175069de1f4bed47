"""Several profiles of one kind in a run: which one is the whole, and how one led to the next.

All that Go writes but CPU profiles counts from the start of the process on, so of several the last
holds everything; CPU profiles each hold their own time, and add up. Heap profiles are taken between
the repetitions of tests, others by ``--pull``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flakecore.bundle import Bundle, Kind
from flakecore.pprof import Profile, merged
from flakecore.timeline.case import Case
from flakecore.timeline.profiles.case_profiles import CaseProfile, load_profiles

_MOMENT = re.compile(r"-(\d{16,19})\.[^/]*$")
"""The nanoseconds since 1970 in the name of a profile that ``collect --pull`` took."""
_REPETITION = re.compile(r"-r\d{6}\.[^/]*$")
"""In the name of a heap profile that the probe of ``collect`` took between repetitions."""
_OF_ITS_OWN_TIME = "cpu"
_HEAP = "mem"


def profile_series(profiles: Sequence[CaseProfile], kind: str) -> tuple[CaseProfile, ...]:
    """Return the profiles of a kind in the order in which they were taken."""
    found = [each for each in profiles if each.kind == kind]
    return tuple(sorted(found, key=lambda each: (taken_ns(each), each.artefact)))


def taken_ns(profile: CaseProfile) -> int:
    """Return when a profile was taken, in nanoseconds since 1970; 0 if unknown."""
    named = _MOMENT.search(profile.artefact)
    return int(named[1]) if named else profile.profile.time_ns


def whole_profile(profiles: Sequence[CaseProfile], kind: str) -> Profile | None:
    """Return all that a run's profiles of a kind hold, as one; None if there is none.

    Raises:
        ProfileError: if CPU profiles count different things.
    """
    found = profile_series(profiles, kind)
    if not found:
        return None
    if kind == _OF_ITS_OWN_TIME and len(found) > 1:
        return merged([each.profile for each in found])
    return found[-1].profile


def whole_profiles(profiles: Sequence[CaseProfile]) -> tuple[CaseProfile, ...]:
    """Return profiles without those that ``collect`` took on the way to a later one of the kind."""
    last: dict[tuple[str, bool], CaseProfile] = {}
    for each in sorted(profiles, key=lambda each: (taken_ns(each), each.artefact)):
        last[each.kind, is_pulled(each)] = each
    return tuple(
        each
        for each in profiles
        if last[each.kind, is_pulled(each)] is each or not _is_of_series(each)
    )


def _is_of_series(profile: CaseProfile) -> bool:
    of_its_own = profile.kind == _OF_ITS_OWN_TIME
    return not of_its_own and (is_pulled(profile) or bool(_REPETITION.search(profile.artefact)))


def heap_profiles(bundle: Bundle, case: Case) -> tuple[CaseProfile, ...]:
    """Return the heap profiles of a case that can be read, in the order they were taken."""
    return profile_series(load_profiles(bundle, case, [Kind.MEM_PROFILE])[0], _HEAP)


def is_pulled(profile: CaseProfile) -> bool:
    """Return whether ``collect --pull`` took it, perhaps of another process than the tests'."""
    return _MOMENT.search(profile.artefact) is not None
