"""``chan-no-receiver``, ``chan-no-sender``, ``chan-not-closed``, ``sem-stuck``, ``timer-lost``,
``context-not-cancelled`` by an objects page: waits on channels that nobody can end.

On goroutines that cannot go on by the page, where nobody else has their channels who could
do anything about it. It names who used the channel last on the other side, or else who made it, and
whether that one has ended. A channel of capacity that is full is a semaphore where its last sender
has ended or is stuck elsewhere, or is the waiter itself in a function that takes from it what it
put there. The channel of a timer that is not set, and the Done of a context, are named as what they
are. Silent where a goroutine that can go on, or that waits for something else, has the
channel: that is reported by ``object-locks`` and ``object-cycles``, unless the source is at hand
and does not show that it may do anything with it: its stack may hold a stale word.

Example: a worker returns at its first error; the test goes on sending to it.
Counterexample: the worker is asleep and receives a moment later.
"""  # noqa: D205

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.objects.last_users import NOBODY, last_user
from flakecore.diagnosis.objects.object_graph import ObjectGraph
from flakecore.diagnosis.objects.object_wait import ObjectWait, place_of_event
from flakecore.diagnosis.objects.object_words import (
    ObjectWords,
    at,
    event_place,
    frame_place,
    wait_place,
)
from flakecore.diagnosis.objects.unset_timers import is_of_unset_timer, unset_timer
from flakecore.diagnosis.rules.objects.alike_waits import waits_alike
from flakecore.diagnosis.rules.objects.context_claims import context_claim
from flakecore.diagnosis.rules.objects.semaphore_claims import last_slot, slot_claim
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.waits.counterpart import (
    AbsentCounterpart,
    absent_counterpart,
    due_but_waiting,
)
from flakecore.diagnosis.waits.library_waits import library_wait
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers
from flakecore.diagnosis.waits.stopped_tickers import stopped_ticker
from flakecore.diagnosis.waits.unanswered_requests import unanswered, unanswered_places
from flakecore.frames import is_own
from flakecore.objects import ObjectKind, PageEvent

_PIPES = {
    "io.(*pipe).read": "read from an io.Pipe",
    "io.(*pipe).write": "write to an io.Pipe",
    "net.(*pipe).read": "read from a net.Pipe",
    "net.(*pipe).write": "write to a net.Pipe",
}
"""Functions that wait in a select for the other end of a pipe (io/pipe.go, net/pipe.go)."""
_SHOWN = 8
_OTHER_SIDE = {"send": "last_receive", "receive": "last_send"}


def _find(question: Question) -> Iterator[Finding]:
    graph = question.objects
    if graph is None:
        return
    words = ObjectWords(graph, question.files, question.moment_ns)
    alike: dict[tuple[str, int, tuple[str, ...]], list[int]] = {}
    of_slots: frozenset[int] = frozenset().union(*(each.numbers for each in question.slots))
    for root in graph.roots:
        if not of_slots.isdisjoint(root):
            continue
        for number in question.unproven(root) if graph.is_cycle(root) else root:
            waits = graph.waits_of(number)
            if waits and all(_is_channel(each) for each in waits) and not _is_of_others(waits[0]):
                operations = tuple(each.wait.operation for each in waits)
                key = (frame_place(waits[0].frame), waits[0].state.test, operations)
                alike.setdefault(key, []).append(number)
    for numbers in alike.values():
        served = _served(question, numbers)
        if served is not None:
            yield from _unanswered(graph, words, *served)
            continue
        yield _finding(graph, words, tuple(numbers), _counterpart(question, words, numbers[0]))


def _served(question: Question, numbers: Sequence[int]) -> tuple[WaitPeers, WaitPeers] | None:
    """Return who waits for an idle server, and for which one."""
    state = question.states.by_number[numbers[0]] if len(numbers) == 1 else None
    return question.client_of(state) if state is not None else None


def _unanswered(
    graph: ObjectGraph, words: ObjectWords, client: WaitPeers, server: WaitPeers
) -> Iterator[Finding]:
    """Yield the finding on a client of an idle server, where nothing else is found on it."""
    waits = graph.waits_of(client.state.number)
    if not waits or any((client.state.number,) == root for root in graph.roots):
        return
    claims = unanswered(client, server)
    yield Finding(
        rule=client.kind.rule,
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED,
        test=client.state.test,
        places=unanswered_places(client, server),
        evidence=(
            words.wait_fact(waits[0]),
            server.state.evidence(),
            Evidence(f"inferred from the source: {claims[0]}", None, 0),
        ),
        explains=frozenset((client.state.number, server.state.number)),
    )


def _counterpart(question: Question, words: ObjectWords, number: int) -> AbsentCounterpart | None:
    """Return what the source states of the other side of a wait on a channel."""
    graph = question.objects
    waits = graph.waits_of(number) if graph is not None else ()
    if not waits:
        return None
    stopped = stopped_ticker(question.states, question.files, waits[0].state)
    if stopped is not None:
        place = Place(
            Role.CLOSES, stopped.by.number, stopped.at.function, stopped.at.file, stopped.at.line
        )
        fact = stopped.by.evidence(f"{stopped.by.name} is behind the Stop at {stopped.at.place}")
        return AbsentCounterpart(stopped.claims, (place,), fact)
    peers = question.waits.peers(waits[0].state)
    if len(waits) == 1 and graph is not None and (like := waits_alike(graph, waits[0], peers)):
        return due_but_waiting(peers, like) if peers is not None else None
    ends = OperationKind.CLOSE if len(waits) == 1 and words.is_range(waits[0]) else None
    return absent_counterpart(peers, ends)


def _is_of_others(wait: ObjectWait) -> bool:
    """Return whether a library's goroutine waits, or whom the system's signals wake.

    One that another package has started and that is in no function of the program's own waits for
    work: what is to give it that is reported where it waits itself.
    """
    own, made = wait.state.own, wait.state.created_at
    of_testing = wait.frame is not None and wait.frame.function.startswith("testing.")
    package = wait.state.package
    if not any(each is None or is_own(each, package) for each in (own, made)):
        return True
    return of_testing or (wait.object is not None and wait.object.element == "os.Signal")


def _is_channel(wait: ObjectWait) -> bool:
    return wait.object is not None and wait.object.kind is ObjectKind.CHANNEL


def _finding(
    graph: ObjectGraph, words: ObjectWords, root: tuple[int, ...], other: AbsentCounterpart | None
) -> Finding:
    waits = graph.waits_of(root[0])
    first = waits[0]
    assert first.object is not None
    timer, contexts = graph.timer_of(first.wait.address), graph.contexts_of(first.wait.address)
    facts: list[tuple[str, PageEvent]] = []
    others = other.claims if other is not None else ()
    fallbacks = other.fallbacks if other is not None else ()
    behind = _waits_for(graph, root, first)
    if timer is None and contexts and len(waits) == 1:
        rule = "context-not-cancelled"
        claim, facts = context_claim(graph, root, first, contexts[0])
    elif all(is_of_unset_timer(graph, each) for each in root):
        rule = "timer-lost"
        claim, facts = unset_timer(words, root, first, timer, others)
    else:
        rule, claim, facts = _channel(graph, words, root, waits, others, fallbacks, behind)
    is_inferred = any(claim.endswith(each) for each in (*others, *fallbacks))
    numbers = graph.behind(frozenset(root))
    places: list[Place | None] = [wait_place(graph.waits_of(number)[0]) for number in root[:_SHOWN]]
    places += [event_place(name, event) for name, event in facts]
    evidence = [words.wait_fact(graph.waits_of(number)[0]) for number in root[:_SHOWN]]
    evidence.append(_reach(graph, waits, root))
    evidence += [words.event_fact(name, event) for name, event in facts]
    ended = (words.ended_fact(event.goroutine) for _, event in facts)
    evidence += dict.fromkeys(each for each in ended if each is not None)
    if is_inferred and other is not None:
        evidence.append(other.evidence)
        places += other.besides(places)
        numbers |= {each.goroutine for each in other.places if each.role is Role.WAITS}
    if behind is not None and claim.endswith(_waits_words(behind, root).partition(" ")[2]):
        evidence.insert(1, words.wait_fact(behind))
        places.append(wait_place(behind))
    return Finding(
        rule=rule,
        claim=claim,
        certainty=Certainty.INFERRED if is_inferred else Certainty.SEEN,
        test=first.state.test,
        places=tuple(dict.fromkeys(each for each in places if each is not None)),
        evidence=(*evidence, *words.behind(root, numbers)),
        next=_next(rule, facts, root),
        explains=numbers,
    )


def _channel(
    graph: ObjectGraph,
    words: ObjectWords,
    root: tuple[int, ...],
    waits: Sequence[ObjectWait],
    others: Sequence[str],
    fallbacks: Sequence[str],
    behind: ObjectWait | None,
) -> tuple[str, str, list[tuple[str, PageEvent]]]:
    """Return rule and claim of a wait on channels, and what was done to them last."""
    first = waits[0]
    assert first.object is not None
    operation = first.wait.operation
    many = len(root) > 1
    who, place = names(root), frame_place(first.frame)
    pipe = _PIPES.get(first.frame.function, "") if first.frame is not None else ""
    if pipe:
        return _of_pipe(first, who, pipe if many else pipe.replace(" ", "s ", 1))
    if not many and (library := library_wait(first.state)):
        begin = f"{who} {library}{at(first.state.own)}"
        return "chan-no-sender", first_that_fits(f"{begin}; nobody is left to end that", begin), []
    if len(waits) > 1:
        texts = words.names(waits)
        verb = "wait in a select" if many else "waits in a select"
        begin = f"{who} {verb} on {texts} ({place})"
        plain = f"{who} {verb} ({place})"
    else:
        does = {"send": "send on", "receive": "receive from"}.get(operation, "wait on")
        does = does if many else f"{does.partition(' ')[0]}s {does.partition(' ')[2]}"
        if words.is_range(first):
            does = "range over" if many else "ranges over"
        begin = f"{who} {does} {words.name(first)} ({place})"
        plain = begin
    side = _OTHER_SIDE.get(operation, "last_send")
    events = [
        (side, event)
        for each in waits
        if each.object is not None and (event := each.object.event(side)) is not None
    ]
    slot = last_slot(graph, words, first) if len(waits) == 1 and not many else None
    if slot is not None:
        return "sem-stuck", slot_claim(graph, words, first, slot), [("last_send", slot)]
    users = last_user(graph, events, operation, root)
    made = first.object.event("made")
    objects = {each.wait.address for number in root for each in graph.waits_of(number)}
    if len(objects) > len(waits):
        events, users, made = [], [], None  # Each has another last user.
    if not events and made is not None:
        events = [("made", made)]
        users = _maker(graph, made)
    nobody = NOBODY if len(waits) == 1 else NOBODY.replace(" it", " either")
    claim = first_that_fits(
        *(f"{begin}; {each}" for each in others),
        *(f"{plain}; {each}" for each in others),
        *(f"{begin}; {each}" for each in users),
        *(f"{plain}; {each}" for each in users),
        *(f"{begin}; {each}" for each in fallbacks),
        *(_both_sides(begin, operation, behind, root) if behind is not None else ()),
        f"{begin}; {nobody}",
        f"{plain}; {nobody}",
    )
    rule = "chan-no-receiver" if operation == "send" else "chan-no-sender"
    if len(waits) == 1 and operation == "receive" and words.is_range(first):
        rule = "chan-not-closed"
    return rule, claim, events


def _waits_for(graph: ObjectGraph, root: tuple[int, ...], first: ObjectWait) -> ObjectWait | None:
    """Return the wait of a goroutine of the same test that only these could wake; None if none."""
    for number in sorted(graph.behind(frozenset(root)) - set(root)):
        waits = graph.waits_of(number)
        if (
            len(waits) != 1
            or waits[0].state.test != first.state.test
            or not frame_place(waits[0].frame)
        ):
            continue
        if graph.dead[number] == frozenset(root):
            return waits[0]
    return None


def _waits_words(behind: ObjectWait, root: tuple[int, ...]) -> str:
    """Return that a goroutine waits for those that are stuck."""
    return f"G{behind.state.number} waits for {names(root)} ({frame_place(behind.frame)})"


def _both_sides(
    begin: str, operation: str, behind: ObjectWait, root: tuple[int, ...]
) -> Iterator[str]:
    """Yield the claims that name who waits for whoever is stuck, the longest first."""
    lacks = {"send": "receive", "receive": "send"}.get(operation, "end that")
    yield f"{begin}; nobody is left to {lacks}, and {_waits_words(behind, root)}"
    yield f"{begin}; {_waits_words(behind, root)}"


def _of_pipe(
    first: ObjectWait, who: str, does: str
) -> tuple[str, str, list[tuple[str, PageEvent]]]:
    """Return rule and claim of a wait within a pipe of the standard library."""
    rule = "chan-no-receiver" if does.startswith("write") else "chan-no-sender"
    begin = f"{who} {does}{at(first.state.own)}"
    return (
        rule,
        first_that_fits(f"{begin}; only stuck goroutines have its other end", begin),
        [],
    )


def _maker(graph: ObjectGraph, made: PageEvent) -> list[str]:
    """Return the words for who made a channel, the longest first."""
    who = f"G{made.goroutine}, which made it{at(place_of_event(made))}"
    return [f"{NOBODY}; {who}, has ended"] if graph.has_ended(made.goroutine) else []


def _reach(graph: ObjectGraph, waits: Sequence[ObjectWait], root: tuple[int, ...]) -> Evidence:
    """Return as a fact that nobody who could do anything has the channels."""
    state = waits[0].state
    parts = []
    for each in waits[:4]:
        found = each.object
        if found is None:
            continue
        room = f"{found.length} of {found.capacity} taken" if found.capacity else "no buffer"
        closed = ", closed" if found.closed else ""
        element = f" of {found.element}" if found.element else ""
        parts.append(f"channel {found.short_address}{element}, {room}{closed}")
    have = names(sorted(graph.has_on_stack(root)))
    stacks = f"; it is on the stack of {have}, which cannot go on" if have else ""
    text = f"{'; '.join(parts)}: {NOBODY}{stacks}"
    return Evidence(text, graph.time_of(graph.page.at_ns), state.number)


def _next(rule: str, facts: Sequence[tuple[str, PageEvent]], root: tuple[int, ...]) -> str:
    if rule == "sem-stuck" and any(event.goroutine in root for _, event in facts):
        return "take no slot where one is held"
    return _NEXT.get(rule, "")


_NEXT = {
    "context-not-cancelled": "call the context's cancel on every way out, by defer",
    "chan-not-closed": "close the channel where the last value has been sent",
    "sem-stuck": "give the slot back on every way out, by defer",
}

RULE = Rule(
    "object-channels",
    Needs.STATES | Needs.OBJECTS,
    _find,
    (
        *("chan-no-receiver", "chan-no-sender", "chan-not-closed", "sem-stuck", "timer-lost"),
        "context-not-cancelled",
    ),
)
