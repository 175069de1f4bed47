"""The other side of a wait that a page proves to have no end, by the source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flakecore.diagnosis.findings import Evidence, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import declared_around, enclosing, parameters
from flakecore.diagnosis.waits.locks.lock_waits import LockWait
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers
from flakecore.diagnosis.waits.skipping_exits import (
    SkippingExit,
    left_select,
    loop_around,
    loop_ends,
    loop_that_waits,
    recover_place,
    skipping_exits,
)

INFINITIVE = {
    OperationKind.SEND: "send",
    OperationKind.CLOSE: "close it",
    OperationKind.RECEIVE: "receive",
    OperationKind.RANGE: "receive",
    OperationKind.DONE: "call its Done",
    OperationKind.SIGNAL: "signal it",
    OperationKind.BROADCAST: "signal it",
}
"""What would end a wait, as what somebody was to do."""
_IN_ROUNDS = {
    OperationKind.SEND: "sends",
    OperationKind.RECEIVE: "receives",
    OperationKind.RANGE: "receives",
}
MANY_SKIPS = 2
"""Ways out of which one was taken, that are named."""
_SHOWN = 4
"""Operations that would have ended a wait which are named as places."""


KEEP_IT = "give the channel a buffer of one, so that what is sent early is kept"
"""What to do about a wake-up that is sent only to who waits already."""


@dataclass(frozen=True, slots=True)
class AbsentCounterpart:
    """Why nobody came to what would have ended a wait, by the source.

    Attributes:
        claims: its wordings, the longest first.
        places: what would have ended the wait.
        evidence: what it rests on.
        fallbacks: wordings where nothing shows who used the object last.
    """

    claims: tuple[str, ...]
    places: tuple[Place, ...]
    evidence: Evidence
    fallbacks: tuple[str, ...] = ()

    def besides(self, named: Iterable[Place | None]) -> list[Place]:
        """Return the places that are not among the findings yet, by whomever."""
        known = {(each.file, each.line) for each in named if each is not None}
        return [each for each in self.places if (each.file, each.line) not in known]


def absent_counterpart(
    peers: WaitPeers | None, ends: OperationKind | None = None
) -> AbsentCounterpart | None:
    """Return what the source states of the other side of a wait; None where that is not clear.

    Args:
        peers: who could end the wait by the source: nobody is left.
        ends: the only operation that counts, as a close does for a loop over a channel.
    """
    if peers is None or peers.candidates:
        return None
    found = [each for each in peers.ends if ends is None or each[1].kind is ends]
    claims = _claims(peers, found) if found else ()
    if not found and ends in (None, OperationKind.CLOSE):
        does = "closes it" if ends is not None else peers.kind.ended_by
        claims = (f"nothing in the package {does}",)
    fallbacks = _fallbacks(peers, found) if found and not claims else ()
    if not claims and not fallbacks:
        return None
    claim = (*claims, *fallbacks)[0]
    fact = f"inferred from the source: {claim}; no other goroutine can still come to it"
    places = ending_places(peers, found)
    return AbsentCounterpart(claims, places, Evidence(fact, None, 0), fallbacks)


def due_but_waiting(peers: WaitPeers, other: GoroutineState) -> AbsentCounterpart:
    """Return that who alone may still end a wait waits for the same object itself."""
    does = f"due to {INFINITIVE[peers.ends[0][1].kind]}"
    waits = f"waits for it too ({other.own.place})" if other.own is not None else "waits for it too"
    places = list(dict.fromkeys(f"{file}:{each.line}" for file, each in peers.ends))
    where = f" ({places[0]})" if len(places) == 1 else ""
    claims = (f"{other.name}, {does}{where}, {waits}", f"{other.name}, {does}, {waits}")
    fact = f"inferred from the source: {claims[0]}; no other goroutine can still come to it"
    places_of = (other.place_of(Role.WAITS), *ending_places(peers, peers.ends))
    return AbsentCounterpart(tuple(dict.fromkeys(claims)), places_of, Evidence(fact, None, 0))


def _fallbacks(peers: WaitPeers, ends: Sequence[tuple[str, Operation]]) -> tuple[str, ...]:
    """Return who alone is left to end a wait, or how the loop ends that would have."""
    if peers.itself and not is_one_of_many(peers):
        return only_itself(peers, ends)
    return left_loop(ends)


def left_loop(ends: Sequence[tuple[str, Operation]]) -> tuple[str, ...]:
    """Return where the loop ends whose rounds would end a wait on a channel, the longest first.

    Args:
        ends: the operations that would end it; empty is returned unless one alone would, in a loop
            that has but few ways out.
    """
    ends_at, does = loop_end(ends), _IN_ROUNDS.get(ends[0][1].kind, "") if ends else ""
    if not ends_at or not does:
        return ()
    file, end = ends[0]
    begin = f"the loop that {does}"
    return (f"{begin} ({file}:{end.line}) {ends_at}", f"{begin} {ends_at}")


def _claims(peers: WaitPeers, ends: list[tuple[str, Operation]]) -> tuple[str, ...]:
    loop = waiting_loop(peers, ends)
    if loop:
        where = f"{ends[0][0]}:{ends[0][1].line}"
        begin = f"the loop at {loop} waits before it has started all that call Done"
        return (f"{begin} ({where})", begin)
    copied = counted_copy(ends)
    if copied:
        begin = f"{copied} counts down a copy of it"
        return (f"{begin} ({ends[0][0]}:{ends[0][1].line})", begin)
    skips = skips_of(peers, ends)
    if peers.itself and not 0 < len(skips) <= MANY_SKIPS:
        return only_itself(peers, ends) if peers.kind.rule == "wait-group-stuck" else ()
    nouns = dict.fromkeys(each.kind.noun for _, each in ends)
    noun = " or ".join(nouns)
    if 0 < len(skips) <= MANY_SKIPS:
        end = f" ({ends[0][0]}:{ends[0][1].line})" if len(ends) == 1 else ""
        begin = f"{skipped_at(skips)} skips the {noun}"
        return (f"{begin}{end}", begin)
    given_up = gives_up(peers.package, ends) or skipped_by_panic(skips, ends)
    if given_up:
        return given_up
    function, place = left_select(peers.state, peers.package, ends)
    if function:
        begin = f"{function} left its select ({place}) by another case"
        return (f"{begin} than the {noun}", begin)
    return ()


def loop_end(ends: Sequence[tuple[str, Operation]]) -> str:
    """Return where the loop ends in which the only end of a wait stands: ``ends at a.go:5 or 9``.

    "" where that is not so, or the loop has many ways out.
    """
    lines = loop_ends(ends)
    if not 0 < len(lines) <= MANY_SKIPS:
        return ""
    return f"ends at {ends[0][0]}:{' or '.join(str(each) for each in lines)}"


def skipped_at(skips: Sequence[SkippingExit]) -> str:
    """Return the ways out of which one was taken: ``the return at a.go:5 or a.go:9``."""
    if len({each.word for each in skips}) == 1:
        return f"the {skips[0].word} at {' or '.join(each.place for each in skips)}"
    return " or ".join(f"the {each.word} at {each.place}" for each in skips)


def skips_of(peers: WaitPeers, ends: Sequence[tuple[str, Operation]]) -> list[SkippingExit]:
    """Return the ways out that skip what would end a wait.

    Where only the waiter itself has an end ahead, behind its wait, one like it was gone by such a
    way, and it stands behind the wait, too.
    """
    found = skipping_exits(peers.package, ends, peers.leading, peers.own)
    own = peers.state.own
    if not peers.itself or own is None:
        return found
    return [each for each in found if each.line > own.line] if is_one_of_many(peers) else []


def is_one_of_many(peers: WaitPeers) -> bool:
    """Return whether what is waited for is one of several, as an element or a call's result is.

    So is what a loop ranges over. That its waiter would end it, too, is stated only of the one
    object that a name means.
    """
    if len(peers.own) != 1:
        return False
    (own,) = peers.own
    return own.object.path.endswith(("()", "[]")) or _is_of_a_range(own)


def _is_of_a_range(operation: Operation) -> bool:
    """Return whether an object is a variable of a range clause around it, or is in one."""
    name = operation.object.text.partition(".")[0]
    loop = loop_around(operation.node)
    while loop is not None:
        clause = next((each for each in loop.named_children if each.type == "range_clause"), None)
        left = clause.child_by_field_name("left") if clause is not None else None
        if left is not None and any(text_of(each) == name for each in left.named_children):
            return True
        loop = loop_around(loop)
    return False


def only_itself(peers: WaitPeers, ends: Sequence[tuple[str, Operation]]) -> tuple[str, ...]:
    """Return that nobody but the waiter is left to end its wait, the longest first.

    Args:
        peers: a wait that nobody else could end.
        ends: the operations that would end it.
    """
    places = list(dict.fromkeys(f"{file}:{each.line}" for file, each in ends))
    claim = f"only {peers.state.name} itself could still {INFINITIVE[ends[0][1].kind]}"
    return (f"{claim} ({places[0]})", claim) if len(places) == 1 else (claim,)


def counted_copy(ends: Sequence[tuple[str, Operation]]) -> str:
    """Return the function that every Done stands in, if it has its wait group by value.

    Args:
        ends: what would end a wait.

    Returns:
        Its name; "" where that is not so.
    """
    copies = {_takes_a_copy(each) for _, each in ends}
    return copies.pop() if len(copies) == 1 else ""


def _takes_a_copy(operation: Operation) -> str:
    """Return the function to which a wait group is passed by value; "" if by pointer."""
    at = operation.object.parameter
    if operation.kind is not OperationKind.DONE or at < 0:
        return ""
    is_copy = parameters(operation.function)[at][1] == "sync.WaitGroup"
    declared = declared_around(operation.function) if is_copy else None
    return text_of(declared.child_by_field_name("name")) if declared is not None else ""


def skipped_by_panic(
    skips: Sequence[SkippingExit], ends: Sequence[tuple[str, Operation]]
) -> tuple[str, ...]:
    """Return that a panic which is recovered would skip the only end; empty where not so.

    Args:
        skips: the ways out that skip it besides.
        ends: what would end a wait.
    """
    place = recover_place(ends) if not skips else ""
    if not place:
        return ()
    claim = f"a panic, recovered at {place}, would skip the {ends[0][1].kind.noun}"
    return (f"{claim} ({ends[0][0]}:{ends[0][1].line})", claim)


def gives_up(package: GoPackage, ends: Sequence[tuple[str, Operation]]) -> tuple[str, ...]:
    """Return that all sends or receives are cases of selects with a default; empty where not so.

    A send counts only where its channel has no buffer that would keep what is sent, and a receive
    where no loop comes to it again.
    """
    if not ends or not all(_gives_up(package, *each) for each in ends):
        return ()
    where = f" ({ends[0][0]}:{ends[0][1].line})" if len(ends) == 1 else ""
    other = "receives" if ends[0][1].kind is OperationKind.SEND else "sends"
    nouns = " or ".join(dict.fromkeys(each.kind.noun for _, each in ends))
    does = f"gives up where nobody {other} yet"
    claim = f"the {nouns}{where} {does}"
    return (f"{claim}: its select has a default", claim, f"the {nouns} {does}")


def dropped_wake_up(
    waits: Iterable[WaitPeers | LockWait | None],
) -> tuple[WaitPeers, tuple[str, ...]] | None:
    """Return the one wait whose counterparts all give up, and the words for it; None for none.

    A receive that is yet to come finds who sends waiting for it: it gives up on nobody.

    Args:
        waits: those of goroutines that could each be woken by the next alone.
    """
    found = [
        (each, claim)
        for each in waits
        if isinstance(each, WaitPeers)
        and each.kind.rule != "chan-no-receiver"
        and (claim := gives_up(each.package, each.ends))
    ]
    if len(found) != 1:
        return None
    peers, claim = found[0]
    begin = f"{peers.state.name} {peers.does} {peers.text} ({peers.place})"
    return peers, tuple(f"{begin}; {each}" for each in claim)


def _gives_up(package: GoPackage, file: str, operation: Operation) -> bool:
    """Return whether a send or a receive is a case of a select that has a default."""
    if operation.kind not in (OperationKind.SEND, OperationKind.RECEIVE) or not operation.in_select:
        return False
    select = enclosing(operation.node, "select_statement")
    if operation.kind is OperationKind.SEND and not package.uses.is_unbuffered(file, operation):
        return False
    if operation.kind is OperationKind.RECEIVE and loop_around(operation.node) is not None:
        return False
    return select is not None and any(each.type == "default_case" for each in select.children)


def waiting_loop(peers: WaitPeers, ends: list[tuple[str, Operation]]) -> str:
    """Return the place of the loop in which a wait group is waited for too early; "" for none."""
    frame = peers.state.own
    if frame is None or len(peers.own) != 1 or peers.own[0].kind is not OperationKind.WAIT:
        return ""
    return loop_that_waits(peers.package, frame.file.rpartition("/")[2], peers.own[0], ends)


def ending_role(peers: WaitPeers, operation: Operation) -> Role:
    """Return what an operation that would end a wait does."""
    return Role.CLOSES if operation.kind is OperationKind.CLOSE else peers.kind.role


def ending_places(peers: WaitPeers, ends: Sequence[tuple[str, Operation]]) -> tuple[Place, ...]:
    """Return where the first operations stand that would have ended a wait."""
    folder = peers.package.folder
    return tuple(
        Place(ending_role(peers, each), 0, "", f"{folder}/{file}", each.line)
        for file, each in ends[:_SHOWN]
    )
