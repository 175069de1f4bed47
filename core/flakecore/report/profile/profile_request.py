"""Which profile of a bundle is asked for, of which test and window, and how it is to be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flakecore.bundle import Bundle
from flakecore.errors import ProfileError
from flakecore.gotrace import Trace
from flakecore.loss import Loss
from flakecore.pprof import (
    Filter,
    Granularity,
    Profile,
    difference,
    filtered,
    merged,
)
from flakecore.report.profile.profile_signals import profile_signals
from flakecore.timeline import Case, CaseProfile, load_profiles, with_subtests
from flakecore.timeline.profiles.profile_series import profile_series, whole_profile
from flakecore.timeline.profiles.trace_profiles import TEST_LABEL, TRACE_KINDS, TraceProfiles
from flakecore.timeline.sources import Sources, bundled_sources


@dataclass(frozen=True, slots=True)
class ProfileRequest:
    """What is asked for.

    Attributes:
        kind: name of a kind of profile, or of ``TRACE_KINDS``; "" for the first that there is.
        test: only this test and its subtests; "" for all.
        from_ns, to_ns: the window, since the trace began; None for its ends.
        measure: which sample type; "" for the profile's own choice.
        granularity: what counts as one row.
        filter: which samples and frames.
        cumulative: order rows by what passes through them, not by what ends in them.
        nodes: rows at most; 0 for all, -1 for the view's own choice.
        node_fraction: rows of less than this share are left out; negative for the view's choice.
        inverted: a tree from callees to callers.
        number: which of several profiles of the kind, in order of time, from 1; 0 for all.
        less: which of them to take off; 0 for none.
    """

    kind: str = ""
    test: str = ""
    from_ns: int | None = None
    to_ns: int | None = None
    measure: str = ""
    granularity: Granularity = Granularity.FUNCTIONS
    filter: Filter = field(default_factory=Filter)
    cumulative: bool = False
    nodes: int = -1
    node_fraction: float = -1
    inverted: bool = False
    number: int = 0
    less: int = 0

    def window(self, trace: Trace) -> tuple[int, int]:
        """Return the window, in nanoseconds since the trace began; its end is not included."""
        start_ns = self.from_ns if self.from_ns is not None else 0
        return start_ns, self.to_ns if self.to_ns is not None else trace.end_ns + 1

    def goroutines(self, case: Case) -> NDArray[np.int64] | None:
        """Return the goroutines of the test and its subtests; None for those of all.

        Raises:
            ProfileError: no such test ran.
        """
        if not self.test:
            return None
        names = [span.name for span in case.tests]
        if self.test not in names:
            raise ProfileError(f"no test {self.test!r} ran", remedy="report names the tests")
        assert case.schedule is not None
        tests = with_subtests(case.tests, names.index(self.test))
        numbers = [n for test in tests for n in case.schedule.goroutines_of(test)]
        return np.array(numbers, np.int64)


@dataclass(frozen=True, slots=True)
class ProfileShown:
    """A profile as it was asked for.

    Attributes:
        name: its kind, and what it is limited to.
        profile: what filters left of it.
        whole: the same before filters, of which shares are.
        column: the sample type that is shown.
        losses: what could not be read on the way.
        signals: sentences on what stands out in it.
    """

    name: str
    profile: Profile
    whole: Profile
    column: int
    losses: tuple[Loss, ...] = ()
    signals: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of its values."""
        return self.profile.sample_types[self.column].unit

    @property
    def measure(self) -> str:
        """What its values count."""
        return self.profile.sample_types[self.column].kind


def profiles_of_cases(
    bundle: Bundle, cases: Sequence[Case], request: ProfileRequest, sources: Sequence[Sources] = ()
) -> ProfileShown:
    """Return the profile that is asked for, of all cases together.

    Args:
        bundle: holds them.
        cases: whose profiles are looked at.
        request: which, and how.
        sources: where each case's source is found; with it, what stands out is printed.

    Raises:
        ProfileError: if there is none such, or a filter is no regular expression.
    """
    losses: list[Loss] = []
    found: list[Profile] = []
    kinds: dict[str, None] = {}
    wanted = request.kind
    signals: list[str] = []
    for case, source in zip_longest(cases, sources[: len(cases)]):
        loaded, lost = load_profiles(bundle, case)
        losses += lost
        kinds.update(dict.fromkeys(_kinds(case, loaded)))
        if not wanted and kinds:
            wanted = next(iter(kinds))
        found += _of_case(case, loaded, wanted, request)
        if sources and not (request.test or request.less or request.number):
            signals += profile_signals(case, loaded, wanted, source, losses)
    if not found:
        raise ProfileError(_none(wanted, list(kinds), losses), remedy=_remedy(list(kinds)))
    profile = merged(found) if len(found) > 1 else found[0]
    result = profile_shown(profile, replace(request, kind=wanted), losses)
    return replace(result, signals=tuple(signals))


def profile_shown(
    profile: Profile, request: ProfileRequest, losses: Sequence[Loss] = ()
) -> ProfileShown:
    """Return a profile with the filters of a request.

    Raises:
        ProfileError: if it lacks the measure, or a filter is no regular expression.
    """
    column = profile.column_of(request.measure)
    if column < 0:
        known = ", ".join(each.kind for each in profile.sample_types)
        raise ProfileError(f"it does not count {request.measure!r}", remedy=f"it counts {known}")
    left = filtered(profile, request.filter)
    name = " · ".join(part for part in (request.kind, request.test) if part)
    return ProfileShown(name, left, profile, column, tuple(losses))


def sources_of(bundle: Bundle, cases: Sequence[Case], working: Path) -> list[Sources]:
    """Return what finds the source lines of each case's frames: in the bundle or a folder."""
    bundled = bundled_sources(bundle)
    return [
        Sources(go_version=case.go_version, package=case.package, bundled=bundled, working=working)
        for case in cases
    ]


def _kinds(case: Case, loaded: Sequence[CaseProfile]) -> Iterator[str]:
    yield from (each.kind for each in loaded)
    if case.trace is not None and case.schedule is not None:
        yield from TRACE_KINDS


def _of_case(
    case: Case, loaded: Sequence[CaseProfile], kind: str, request: ProfileRequest
) -> Iterator[Profile]:
    windowed = request.from_ns is not None or request.to_ns is not None
    if kind in TRACE_KINDS:
        if case.trace is not None and case.schedule is not None:
            yield _of_trace(case, kind, request)
        return
    if windowed and any(each.kind == kind for each in loaded):
        raise ProfileError(
            f"a {kind} profile knows no times", remedy=f"--kind {' or '.join(TRACE_KINDS)} does"
        )
    found = _numbered(loaded, kind, request)
    if found is not None:
        yield _of_test(found, kind, request.test) if request.test else found


def _of_trace(case: Case, kind: str, request: ProfileRequest) -> Profile:
    assert case.trace is not None and case.schedule is not None
    start_ns, end_ns = request.window(case.trace)
    goroutines = request.goroutines(case)
    tree = case.schedule.tree
    return TraceProfiles(case.trace, tree, case.tests).profile(kind, start_ns, end_ns, goroutines)


def _numbered(loaded: Sequence[CaseProfile], kind: str, request: ProfileRequest) -> Profile | None:
    """Return all that the profiles of a kind hold, or the ones that are asked for by number."""
    series = profile_series(loaded, kind)
    if not series:
        return None
    for number in (request.number, request.less):
        if not 0 <= number <= len(series):
            raise ProfileError(
                f"there is no {kind} profile {number}", remedy=f"there are 1 to {len(series)}"
            )
    new = series[request.number - 1].profile if request.number else whole_profile(loaded, kind)
    if new is None or not request.less:
        return new
    return difference(new, series[request.less - 1].profile)


def series_of_cases(
    bundle: Bundle, cases: Sequence[Case], kind: str
) -> tuple[tuple[CaseProfile, ...], tuple[Loss, ...]]:
    """Return the profiles of a kind in the order they were taken, of the first case that has any.

    Raises:
        ProfileError: if there is none.
    """
    losses: list[Loss] = []
    kinds: dict[str, None] = {}
    for case in cases:
        loaded, lost = load_profiles(bundle, case)
        losses += lost
        kinds.update(dict.fromkeys(each.kind for each in loaded))
        found = profile_series(loaded, kind or next(iter(kinds), ""))
        if found:
            return found, tuple(losses)
    raise ProfileError(_none(kind, list(kinds), losses), remedy=_remedy(list(kinds)))


def _of_test(profile: Profile, kind: str, test: str) -> Profile:
    sets = profile.label_sets
    if not any(label.key == TEST_LABEL for labels in sets for label in labels):
        raise ProfileError(
            f"a {kind} profile without labels: its samples do not tell the test",
            remedy=f"--kind {' or '.join(TRACE_KINDS)} does where there is a trace",
        )
    name = re.escape(test)
    return filtered(profile, Filter(tag_focus=f"{TEST_LABEL}=^{name}(/.*)?$"))


def _none(kind: str, kinds: list[str], losses: Sequence[Loss]) -> str:
    if losses and not kinds:
        return str(losses[0])
    return f"there is no {kind} profile" if kind else "there is no profile and no trace"


def _remedy(kinds: list[str]) -> str:
    if kinds:
        return f"there are: {', '.join(kinds)}"
    return "flaketui collect records them, go test -cpuprofile does one"
