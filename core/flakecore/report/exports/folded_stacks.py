"""Folded stacks, a line each: what flamegraph.pl, inferno and speedscope draw flame graphs of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.bundle import Bundle
from flakecore.report.explainer import Explainer
from flakecore.report.exports.request import ExportRequest
from flakecore.report.profile.profile_request import ProfileRequest, profiles_of_cases
from flakecore.report.profile.render_profile import (
    ProfileFormat,
    ProfileView,
    View,
    render_profile,
)
from flakecore.timeline import Case
from flakecore.timeline.profiles.trace_profiles import WAIT_KIND


def write_folded(
    bundle: Bundle, cases: Sequence[Case], request: ExportRequest, explainer: Explainer
) -> Iterator[bytes]:
    """Yield the stacks of a profile, of all cases together.

    Raises:
        ProfileError: there is no such profile, or it has no times where a window is asked for.
    """
    del explainer
    asked = ProfileRequest(
        kind=request.kind or _kind(cases),
        test=request.test,
        from_ns=request.from_ns,
        to_ns=request.to_ns,
    )
    found = profiles_of_cases(bundle, cases, asked)
    yield render_profile(found, asked, View(ProfileView.FLAME), ProfileFormat.FOLDED)


def _kind(cases: Sequence[Case]) -> str:
    """Return the kind of a request that names none: waits by their time, where there is a trace."""
    traced = any(case.trace is not None and case.schedule is not None for case in cases)
    return WAIT_KIND if traced else ""
