"""What a rule is: an id, what it needs, and a function from the evidence to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from functools import cached_property

from flakecore.bundle import Manifest
from flakecore.diagnosis.crash_site import CrashSite, crash_site
from flakecore.diagnosis.failing.failing_call import failing_call
from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Finding
from flakecore.diagnosis.goroutine_states import GoroutineState, GoroutineStates
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.waits.locks.lock_waits import Locks
from flakecore.diagnosis.waits.peers.wait_peers import WaitGraph, WaitPeers
from flakecore.diagnosis.waits.slots.slot_holders import TakenSlots, taken_slots
from flakecore.diagnosis.waits.unanswered_requests import by_only_unblocker, waiting_client
from flakecore.gotest import PackageRun
from flakecore.timeline import Case, CaseProfile, Failure, FailureKind


class Needs(Flag):
    """Evidence that a rule cannot do without."""

    NOTHING = 0
    STATES = auto()
    """What the goroutines were doing, from a dump or a trace."""
    TRACE = auto()
    FAILURE = auto()
    """It explains a failure; without one it finds nothing."""
    OBJECTS = auto()
    """A page of what waited on what at that moment."""
    PASSED = auto()
    """It asks about tests that passed, once for a case."""


@dataclass(frozen=True)
class Question:
    """What the rules are asked: why one failure happened, or what a case holds besides.

    Attributes:
        case: the case.
        failure: the failure to explain; None where the tests that passed are asked about.
        states: what every goroutine was doing when it failed, or at the end of the tests.
        files: the Go files of its stacks.
        manifest: what is recorded of the capture; None if nothing is.
        runs: all runs of the bundle, each package's, as their output shows; empty where there is
            but one of each, or nobody has looked.
        proven: of a question about tests that passed, what the rules on waits found at the end of
            the tests.
        heap: reads the heap profiles of the run in the order they were taken; None where nobody has
            them read.
    """

    case: Case
    failure: Failure | None
    states: GoroutineStates
    files: GoFiles = field(default_factory=lambda: GoFiles(None))
    manifest: Manifest | None = None
    runs: Sequence[PackageRun] = ()
    proven: tuple[Finding, ...] = ()
    heap: Callable[[], Sequence[CaseProfile]] | None = None

    @property
    def moment_ns(self) -> int:
        """When the failure was; of tests that passed, when the states are of."""
        return self.failure.at_ns if self.failure is not None else self.states.at_ns

    @cached_property
    def failing(self) -> FailingSource | None:
        """The call by which the test failed; None for other failures, or without its source."""
        return failing_call(self.case, self.failure, self.files)

    @cached_property
    def panic(self) -> CrashSite | None:
        """Where the test panicked; None for a failure that is no panic, or without a stack."""
        is_panic = self.failure is not None and self.failure.kind is FailureKind.PANIC
        return crash_site(self.case, self.failure) if self.failure and is_panic else None

    @cached_property
    def locks(self) -> Locks:
        """Who waits for which lock, and who may hold it."""
        return Locks(self.states, self.files, self.case)

    @cached_property
    def objects(self) -> ObjectGraph | None:
        """Who could end whose wait by the objects page of the moment; None without one."""
        page = self.states.page
        return (
            ObjectGraph(self.case, self.states, page, self._may_end, self.files.may_unlock)
            if page is not None
            else None
        )

    def _may_end(self, state: GoroutineState) -> frozenset[int] | None:
        """Return who may still come to what would end a wait by the source; None if unknown."""
        peers = self.waits.peers(state)
        if peers is None:
            return None
        return frozenset(each.number for each in peers.candidates)

    def unproven(self, cycle: Sequence[int]) -> tuple[int, ...]:
        """Return who of a cycle waits for the next one by its stack alone.

        A stack may hold the address of what its goroutine has done with. The source shows whether
        that is so; these are the ones of whom it is at hand and does not show.
        """
        states = (self.states.by_number[number] for number in cycle)
        return tuple(
            each.number
            for each in states
            if not each.blocked_on.on_lock
            and each.own is not None
            and self.files.package_of(each.own) is not None
            and self.waits.peers(each) is None
        )

    def client_of(self, server: GoroutineState) -> tuple[WaitPeers, WaitPeers] | None:
        """Return who waits for what an idle server does in its loop, and who is to do that."""
        peers = self.waits.peers(server)
        if peers is None or peers.candidates:
            return None
        return waiting_client(peers, self._clients)

    @cached_property
    def _clients(self) -> dict[int, list[WaitPeers]]:
        return by_only_unblocker(self.waits.peers(each) for each in self.states if each.test >= 0)

    @cached_property
    def slots(self) -> tuple[TakenSlots, ...]:
        """The semaphores all of whose holders wait, behind those that want a slot."""
        return tuple(taken_slots(self.states, self.waits, self.objects))

    @cached_property
    def waits(self) -> WaitGraph:
        """Who could end whose wait."""
        return WaitGraph(self.states, self.files, self.locks, self.case)


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes:
        id: stable; baselines and ``--fail-on`` name it.
        needs: evidence without which it is not asked.
        find: its findings; it yields nothing where it has no evidence.
        ids: ids that its findings bear, where they are others than its own.
    """

    id: str
    needs: Needs
    find: Callable[[Question], Iterator[Finding]]
    ids: tuple[str, ...] = ()

    @property
    def finding_ids(self) -> tuple[str, ...]:
        """The ids that its findings bear."""
        return self.ids or (self.id,)
