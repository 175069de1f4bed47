"""The kinds of profiles that Go writes: how each is recorded, recognised, filed and reported.

One entry here is all that a further kind takes: ``collect`` asks the test binary for it, ``bundle``
recognises it, ``pprof`` names it and the reports list it, in the order of this table.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

HEAP_KIND = "trace-heap"
"""What the trace has of the heap, repetition by repetition: no samples, and so a series only."""


@dataclass(frozen=True, slots=True)
class ProfileKind:
    """One kind of profile.

    Attributes:
        name: what reports call it; its file's name begins so in any bundle.
        holds: what it records, for the table of a bundle's files.
        measures: sample types of which a profile of this kind has at least one
            (``src/runtime/pprof/pprof.go``).
        flag: flag of a test binary that writes it; "" where there is none.
        lookup: name in ``pprof.Lookup`` under which the probe writes it after the last test; "" for
            one that the flag's file already holds.
        artefact: value of ``flakecore.bundle.Kind`` for its file.
        of_unlocker: contention is charged to who releases a lock, not to who waits; None for a kind
            that is no profile of contention.
    """

    name: str
    holds: str
    measures: frozenset[str]
    flag: str = ""
    lookup: str = ""
    artefact: str = "profile"
    of_unlocker: bool | None = None

    @property
    def file(self) -> str:
        """Its name in a bundle that ``collect`` makes."""
        return f"{self.name}.pprof"


PROFILE_KINDS = (
    ProfileKind(
        name="cpu",
        holds="where processor time goes",
        measures=frozenset(("cpu",)),
        flag="-test.cpuprofile",
        artefact="cpu-profile",
    ),
    ProfileKind(
        name="block",
        holds="where goroutines wait, and how long",
        measures=frozenset(("contentions",)),
        flag="-test.blockprofile",
        artefact="block-profile",
        of_unlocker=False,
    ),
    ProfileKind(
        name="mutex",
        holds="who releases locks that others wait for",
        measures=frozenset(("contentions",)),
        flag="-test.mutexprofile",
        artefact="mutex-profile",
        of_unlocker=True,
    ),
    ProfileKind(
        name="mem",
        holds="where memory is allocated",
        measures=frozenset(("inuse_space", "alloc_space")),
        flag="-test.memprofile",
        artefact="mem-profile",
    ),
    ProfileKind(
        name="goroutineleak",
        holds="goroutines that nothing can wake any more (Go 1.27)",
        measures=frozenset(("goroutineleak",)),
        lookup="goroutineleak",
    ),
)


def kind_measuring(measures: Collection[str], *, unlocks: bool | None) -> ProfileKind | None:
    """Return the kind of a profile; None where no kind, or more than one, measures the same.

    Args:
        measures: its sample types.
        unlocks: whether a function of its stacks releases a lock; None where it has no stacks.
    """
    found = [kind for kind in PROFILE_KINDS if not kind.measures.isdisjoint(measures)]
    if len(found) > 1:
        found = [kind for kind in found if kind.of_unlocker is unlocks]
    return found[0] if len(found) == 1 else None
