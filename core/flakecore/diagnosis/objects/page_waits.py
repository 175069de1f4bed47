"""What goroutines wait on and who is on the other side, to be shown beside their states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, place_of_event
from flakecore.diagnosis.objects.object_words import ObjectWords
from flakecore.diagnosis.objects.page_states import (
    page_at_the_end,
    page_of_failure,
    states_of_page,
)
from flakecore.diagnosis.source.go_files import files_of
from flakecore.objects import ObjectsPage, PageEvent, PageHolder, PageObject
from flakecore.timeline import Case, Failure
from flakecore.timeline.sources import Sources


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A goroutine on the other side of a wait.

    Attributes:
        role: ``holds``, ``reads``, or what it did last: ``last_receive``, ``last_done`` and so on.
        goroutine: its number; 0 if unknown.
        at_ns: since when it holds, or when it did so, on the case's clock; None if unknown.
        frame: where; None if unknown.
        ended: whether it has ended.
    """

    role: str
    goroutine: int
    at_ns: int | None
    frame: StackFrame | None
    ended: bool


@dataclass(frozen=True, slots=True)
class CounterpartWait:
    """A goroutine's wait on one object.

    Attributes:
        goroutine: who waits.
        operation: what it does, as the page names it: ``lock``, ``send`` and so on.
        name: the object for people: ``b.mu`` by the source, or ``mutex 0x…140``.
        text: object and counterpart for people.
        since_ns: since when, on the case's clock; None if unknown.
        seen_ns: the moment that the text is about, on the case's clock; None if unknown.
        live: whether the goroutine can go on; None where the page has no mark of it.
        object: on what; None where the page does not have it.
        counterparts: who holds it, or used it last.
    """

    goroutine: int
    operation: str
    name: str
    text: str
    since_ns: int | None
    seen_ns: int | None
    live: bool | None
    object: PageObject | None
    counterparts: tuple[Counterpart, ...]


def waits_of_failure(
    case: Case, failure: Failure, sources: Sources | None = None, only: int = 0
) -> tuple[CounterpartWait, ...]:
    """Return the waits of a failed test's goroutines by the page that shows its moment.

    Of a failure of no test they are those of all goroutines; without a page there is none.

    Args:
        case: where it happened.
        failure: one of its failures.
        sources: where the Go files of its stacks may be found, to name objects by; None for none.
        only: the number of the one goroutine that is asked about, of whatever test; 0 for all.
    """
    page = page_of_failure(case, failure)
    if page is None:
        return ()
    return tuple(
        wait
        for wait, test in _waits(case, page, failure.at_ns, sources, only)
        if only or failure.test < 0 or test == failure.test
    )


def waits_at_moment(
    case: Case, failure: Failure | None, sources: Sources | None = None
) -> tuple[CounterpartWait, ...]:
    """Return the waits of all goroutines by the page of a failure's moment, else of the tests' end.

    Args:
        case: where it happened.
        failure: one of its failures; None for the end of the tests.
        sources: where the Go files of its stacks may be found, to name objects by; None for none.
    """
    page = page_of_failure(case, failure) if failure is not None else page_at_the_end(case)
    if page is None:
        return ()
    at_ns = failure.at_ns if failure is not None else page.at_ns
    return tuple(wait for wait, _ in _waits(case, page, at_ns, sources))


def waits_during(
    case: Case, goroutine: int, start_ns: int, end_ns: int
) -> tuple[CounterpartWait, ...]:
    """Return what a goroutine waits on by the last page that was written during a wait."""
    for page in reversed(case.objects):
        if page.timed and start_ns <= page.at_ns <= end_ns and goroutine in page.by_number:
            found = _waits(case, page, page.at_ns, None, goroutine)
            return tuple(wait for wait, _ in found)
    return ()


def _waits(
    case: Case, page: ObjectsPage, at_ns: int, sources: Sources | None, only: int = 0
) -> Iterator[tuple[CounterpartWait, int]]:
    """Yield the waits of a page, each with the index of its goroutine's test."""
    states = states_of_page(case, page, -1, at_ns, only)
    graph = ObjectGraph(case, states, page)
    words = ObjectWords(graph, files_of(sources, case.package))
    # Thousands may wait for a lock that thousands read: its counterparts are put together once.
    counterparts: dict[int, tuple[Counterpart, ...]] = {}
    for state in states:
        for wait in graph.waits_of(state.number):
            found = wait.object
            others: tuple[Counterpart, ...] = ()
            if found is not None:
                if found.address not in counterparts:
                    counterparts[found.address] = _counterparts(graph, found)
                others = counterparts[found.address]
            yield _shown(graph, words, wait, others), state.test


def _counterparts(graph: ObjectGraph, found: PageObject) -> tuple[Counterpart, ...]:
    return (
        *(_holder(graph, each) for each in found.holders),
        *(_event(graph, name, event) for name, event in found.events),
    )


def _shown(
    graph: ObjectGraph, words: ObjectWords, wait: ObjectWait, counterparts: tuple[Counterpart, ...]
) -> CounterpartWait:
    state = wait.state
    return CounterpartWait(
        goroutine=state.number,
        operation=wait.wait.operation,
        name=words.name(wait),
        text=words.counterpart(wait),
        since_ns=state.since_ns,
        seen_ns=graph.time_of(graph.page.at_ns),
        live=state.live,
        object=wait.object,
        counterparts=counterparts,
    )


def _holder(graph: ObjectGraph, holder: PageHolder) -> Counterpart:
    return Counterpart(
        "reads" if holder.reads else "holds",
        holder.goroutine,
        graph.time_of(holder.since_ns),
        place_of_event(holder),
        holder.ended,
    )


def _event(graph: ObjectGraph, name: str, event: PageEvent) -> Counterpart:
    ended = graph.has_ended(event.goroutine)
    at_ns = graph.time_of(event.at_ns)
    return Counterpart(name, event.goroutine, at_ns, place_of_event(event), ended)
