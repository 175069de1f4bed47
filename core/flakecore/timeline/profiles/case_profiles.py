"""The profiles of a case, read on demand only: few rules and reports need one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flakecore.bundle import Bundle, Kind
from flakecore.errors import ProfileError
from flakecore.loss import Loss
from flakecore.pprof import (
    Filter,
    Profile,
    filtered,
    has_names,
    profile_kind,
    read_profile,
)
from flakecore.profile_kinds import PROFILE_KINDS
from flakecore.timeline.case import Case
from flakecore.unexpected_errors import loss_of_error

_KINDS = tuple(dict.fromkeys((*(Kind(kind.artefact) for kind in PROFILE_KINDS), Kind.PROFILE)))
"""In the order in which reports list them."""


_WITHOUT_THE_PROBE = Filter(ignore=r"\.flaketui[A-Z]")
"""What ``collect`` itself did within the test binary is not the program's."""
_WITHOUT_THE_TRACER = Filter(
    ignore=rf"{_WITHOUT_THE_PROBE.ignore}|^runtime\.traceStartReadCPU\.|"
    r"^runtime\.\(\*traceAdvancerState\)\."
)
"""Nor are the goroutines by which the runtime writes the trace that ``collect`` asks for: they
sleep as long as the tests take, twice, and are most of a block profile
(``src/runtime/trace.go``, ``tracecpu.go``)."""


@dataclass(frozen=True, slots=True)
class CaseProfile:
    """One profile of a package's run: the name of its artefact, its kind, and its samples."""

    artefact: str
    kind: str
    profile: Profile


def load_profiles(
    bundle: Bundle, case: Case, kinds: Sequence[Kind] = _KINDS
) -> tuple[Sequence[CaseProfile], Sequence[Loss]]:
    """Return the profiles of a case, and a loss for each that cannot be read or has no names.

    Args:
        bundle: holds them.
        case: whose profiles are read.
        kinds: of the artefacts that are read.
    """
    profiles: list[CaseProfile] = []
    losses: list[Loss] = []
    left_out = _WITHOUT_THE_TRACER if bundle.manifest is not None else _WITHOUT_THE_PROBE
    for kind in kinds:
        for artefact in case.artefacts:
            if artefact.kind is not kind:
                continue
            name = artefact.name
            try:
                read = read_profile(bytes(bundle.read(artefact)), name=name)
                profile = filtered(read, left_out)
            except ProfileError as error:
                losses.append(Loss(name, error.problem.removeprefix(f"{name}: ")))
            except Exception as error:
                losses.append(loss_of_error(error, name))
            else:
                profiles.append(CaseProfile(name, profile_kind(profile), profile))
                if len(profile.stacks.frame) and not has_names(profile.stacks):
                    what = "it names no function: go tool pprof can, with the binary it is from"
                    losses.append(Loss(name, what))
    return profiles, losses
