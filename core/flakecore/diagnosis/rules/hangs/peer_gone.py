"""Waits whose counterpart can come from nobody: ``chan-no-receiver``, ``chan-no-sender``,
``chan-not-closed``, ``wait-group-stuck``, ``cond-lost-signal``.

Each is reported where the source of the package is at hand, every object that is waited on is used
only where the source was followed (``source.object_uses``), and no other goroutine stands in a
function that would end the wait, or in one that may come to call such a function, from where it
stands on. Goroutines of a test that wait alike are reported once, with those that wait for them.
Silent where an object escapes, where another package was given a function that would end the wait
(``time.AfterFunc``), where such a goroutine is left (it may be slow), and where not all goroutines
are known.

Example: a worker returns at its first error; the test goes on sending to it.
Counterexample: the worker is asleep and receives a moment later.
"""  # noqa: D205

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import (
    LOOK_UNDER_THE_LOCK,
    ONE_OR_ALL,
    first_that_fits,
    names,
)
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.objects.method_values import counts_down_elsewhere
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import declared_around
from flakecore.diagnosis.waits.counterpart import (
    INFINITIVE,
    MANY_SKIPS,
    counted_copy,
    ending_role,
    gives_up,
    is_one_of_many,
    left_loop,
    loop_end,
    only_itself,
    skipped_at,
    skipped_by_panic,
    skips_of,
    waiting_loop,
)
from flakecore.diagnosis.waits.peer_history import EndedPeer, ended_peers
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers
from flakecore.diagnosis.waits.skipping_exits import left_select
from flakecore.diagnosis.waits.unanswered_requests import unanswered, unanswered_places
from flakecore.objects import short_address
from flakecore.times import format_moment

_SHOWN = 8
"""Goroutines, operations and ended peers of a finding that it names."""


def _find(question: Question) -> Iterator[Finding]:
    alike: defaultdict[tuple[str, int], list[WaitPeers]] = defaultdict(list)
    for state in question.states:
        peers = question.waits.peers(state) if state.test >= 0 else None
        if peers is not None and not peers.candidates and not _may_be_counted_down(peers):
            alike[peers.place, state.test].append(peers)
    for group in alike.values():
        peers = group[0]
        served = question.client_of(peers.state) if len(group) == 1 else None
        if served is not None:
            yield _unanswered(*served)
            continue
        ranges = peers.own[0].kind is OperationKind.RANGE
        rule = "chan-not-closed" if ranges else peers.kind.rule
        yield _finding(question, group, rule)


def _unanswered(client: WaitPeers, server: WaitPeers) -> Finding:
    """Return the finding on a client of a server that is idle."""
    claims = unanswered(client, server)
    return Finding(
        rule=client.kind.rule,
        claim=first_that_fits(*claims),
        certainty=Certainty.INFERRED,
        test=client.state.test,
        places=unanswered_places(client, server),
        evidence=(client.state.evidence(), server.state.evidence()),
        explains=frozenset((client.state.number, server.state.number)),
    )


def _may_be_counted_down(peers: WaitPeers) -> bool:
    """Return whether somebody may call Done on a wait group whom the source does not show."""
    return peers.kind.rule == "wait-group-stuck" and counts_down_elsewhere(peers.package)


def _finding(question: Question, group: list[WaitPeers], rule: str) -> Finding:
    peers = group[0]
    package, ends = peers.package, peers.ends
    numbers = frozenset(each.state.number for each in group)
    gone = ended_peers(question.case, peers)
    waiting = _waits_for_these(question, numbers)
    evidence = [each.state.evidence() for each in group[:_SHOWN]]
    for file, operation in ends[:_SHOWN]:
        text = f"{operation.kind.value} stands at {file}:{operation.line}"
        evidence.append(Evidence(f"{text}; no other goroutine can still come to it", None, 0))
    evidence += [
        Evidence(
            f"G{each.number}, started at {each.started.place}, which leads to it, has ended",
            each.ended_ns,
            each.number,
        )
        for each in gone[:_SHOWN]
    ]
    claim = _claim(group, gone, rule, waiting)
    evidence += [each.evidence() for each in waiting if claim.endswith(_waiting_at(each))]
    evidence += _channel_facts(question, group)
    return Finding(
        rule=rule,
        claim=claim,
        certainty=Certainty.INFERRED,
        test=peers.state.test,
        places=(
            *(each.state.place_of(Role.WAITS) for each in group[:_SHOWN]),
            *(
                Place(
                    ending_role(peers, each),
                    0,
                    _function_of(each),
                    f"{package.folder}/{file}",
                    each.line,
                )
                for file, each in ends[:_SHOWN]
            ),
            *(
                Place(
                    Role.CREATED,
                    each.number,
                    each.started.function,
                    each.started.file,
                    each.started.line,
                )
                for each in gone[:1]
            ),
            *(each.place_of(Role.WAITS) for each in waiting if claim.endswith(_waiting_at(each))),
        ),
        evidence=tuple(evidence),
        next=_next(question, group) if rule == "cond-lost-signal" else "",
        explains=question.waits.behind(numbers),
    )


def _channel_facts(question: Question, group: list[WaitPeers]) -> Iterator[Evidence]:
    """Yield who else has the address of a channel that is waited on, where a dump has it."""
    for address in dict.fromkeys(each.state.channel for each in group if each.state.channel):
        waiting = {each.state.number for each in group if each.state.channel == address}
        others = (each for each in question.states if each.number not in waiting)
        having = [
            f"{other.name}'s frame {frame.short_function} ({frame.place}) has its address"
            for other in others
            if (frame := next((each for each in other.frames if address in each.words), None))
        ]
        if having:
            who = "; ".join(having[:_SHOWN])
            yield Evidence(f"channel {short_address(address)}: {who}", None, 0)


def _next(question: Question, group: list[WaitPeers]) -> str:
    """Return what to do about waits for a signal: of several, one Signal wakes one.

    A page has whether the signal came before they waited, which is better evidence.
    """
    if question.states.page is not None:
        return ""
    signals = [each for _, each in group[0].ends if each.kind is OperationKind.SIGNAL]
    several = len(group) > 1 and len(signals) == len(group[0].ends) == 1
    return ONE_OR_ALL if several else LOOK_UNDER_THE_LOCK


def _claim(
    group: list[WaitPeers],
    gone: Sequence[EndedPeer],
    rule: str,
    waiting: Sequence[GoroutineState],
) -> str:
    peers = group[0]
    who = names([each.state.number for each in group])
    does = peers.does if len(group) == 1 else _PLURAL[peers.does]
    begin = f"{who} {does} {peers.text} ({peers.place})"
    ends, ended_by = list(peers.ends), peers.kind.ended_by
    sends = [each for each in ends if each[1].kind is OperationKind.SEND]
    if rule == "chan-not-closed":
        ends, ended_by = [each for each in ends if each not in sends], "closes it"
    if not ends:
        if rule != "chan-not-closed":
            return first_that_fits(f"{begin}, and nothing in the package {ended_by}")
        left = f"; nobody is left that sends ({_places(sends)})" if sends else ""
        return first_that_fits(f"{begin}, which nothing closes{left}", f"{begin}, never closed")
    where, does_it = _places(ends), INFINITIVE[ends[0][1].kind]
    copied = counted_copy(ends)
    if copied:
        return first_that_fits(f"{begin}, of which {copied} counts down a copy ({where})")
    left = f"no goroutine is left that {ended_by}"
    loop = waiting_loop(peers, ends)
    if loop:
        short = f"the loop at {loop} waits before it has started all that call Done"
        return first_that_fits(f"{begin}; {short} ({where})", f"{begin}; {short}")
    skips = skips_of(peers, ends)
    alone = peers.itself and not is_one_of_many(peers)
    if alone and rule != "chan-not-closed":
        return first_that_fits(*(f"{begin}; {each}" for each in only_itself(peers, ends)))
    if 0 < len(skips) <= MANY_SKIPS:
        skip = f"{skipped_at(skips)} skips it"
        return first_that_fits(
            f"{begin}; {left} ({where}): {skip}",
            f"{begin}; {left}: {skip}",
            f"{begin}; nobody is left to {does_it}: {skip}",
            f"{begin}; {skip.replace('skips it', f'skips the {ends[0][1].kind.noun}')}",
        )
    given_up = gives_up(peers.package, ends) or skipped_by_panic(skips, ends)
    if given_up:
        return first_that_fits(*(f"{begin}; {each}" for each in given_up))
    function, select = left_select(peers.state, peers.package, ends)
    if function:
        return first_that_fits(
            f"{begin}; {function}, which was to {does_it} ({select}), left its select by another "
            "case",
            f"{begin}; {function} left its select ({select}) by another case",
        )
    due = "which could" if peers.kind.rule == "wait-group-stuck" else "which was to"
    ended = f"G{gone[0].number}, {due} {does_it} ({where}), ended" if gone else ""
    at = f"{ended} at {format_moment(gone[0].ended_ns)}" if gone else ""
    loop_left = left_loop(ends)
    by = f"; its loop {loop_end(ends)}" if loop_left else ""
    one = dict.fromkeys((f"{at}{by}", f"{ended}{by}")) if len(gone) == 1 else ()
    also = (at, ended) if len(gone) == 1 and not loop_left else ()
    said = _who_waits_past(waiting, group, ends)
    return first_that_fits(
        *(f"{begin}; {each}" for each in (*one, *loop_left, *also, *said)),
        f"{begin}; {left} ({where})",
        f"{begin}; {left}",
    )


def _waits_for_these(question: Question, numbers: frozenset[int]) -> list[GoroutineState]:
    """Return who waits for nobody but these."""
    waiting = sorted(question.waits.behind(numbers) - numbers)
    states = (question.states.by_number[each] for each in waiting)
    return [each for each in states if question.waits.unblockers(each) == numbers]


def _who_waits_past(
    waiting: Sequence[GoroutineState],
    group: Sequence[WaitPeers],
    ends: Sequence[tuple[str, Operation]],
) -> tuple[str, ...]:
    """Return that the one function that would end a wait is on the stack of who waits for it.

    Args:
        waiting: who waits for nobody but the group.
        group: goroutines that wait alike.
        ends: what would end their wait.
    """
    if len(ends) != 1 or not waiting:
        return ()
    file, end = ends[0]
    first, last = end.function.start_point[0] + 1, end.function.end_point[0] + 1
    for each in waiting:
        inside = any(
            frame.file == f"{group[0].package.folder}/{file}" and first <= frame.line <= last
            for frame in each.frames
        )
        if inside:
            begin = f"{each.name} has no {end.kind.noun} ahead"
            waits = f"and waits for {names([one.state.number for one in group])}"
            waits += _waiting_at(each)
            return (f"{begin} ({file}:{end.line}) {waits}", f"{begin} {waits}")
    return ()


def _waiting_at(state: GoroutineState) -> str:
    return f" ({state.own.place})" if state.own is not None else ""


def _places(operations: Sequence[tuple[str, Operation]]) -> str:
    """Return where operations stand, for a person."""
    places = list(dict.fromkeys(f"{file}:{each.line}" for file, each in operations))
    return f"{' or '.join(places[:2])}{' or elsewhere' if len(places) > 2 else ''}"


def _function_of(operation: Operation) -> str:
    """Return the name of the declared function that an operation stands in; "" for none."""
    declared = declared_around(operation.function)
    return text_of(declared.child_by_field_name("name")) if declared is not None else ""


_PLURAL = {
    "sends on": "send on",
    "receives from": "receive from",
    "ranges over": "range over",
    "selects from": "select from",
    "waits for": "wait for",
    "waits for a signal of": "wait for a signal of",
}
RULE = Rule(
    "peer-gone",
    Needs.STATES,
    _find,
    (
        "chan-no-receiver",
        "chan-no-sender",
        "chan-not-closed",
        "wait-group-stuck",
        "cond-lost-signal",
    ),
)
