"""Requests that are taken and not answered: a round of a loop that skips what a client waits for.

A client sends on a channel without a buffer, and waits for the answer. Who waits again for the next
request, in a loop, has taken that one: the send has ended. Where one way out alone leads past the
answer, it went that way. That is a step of reasoning from the source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from flakecore.diagnosis.findings import Place, Role
from flakecore.diagnosis.source.go_parser import Node, line_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.waits.counterpart import INFINITIVE, ending_places
from flakecore.diagnosis.waits.locks.lock_waits import LockWait
from flakecore.diagnosis.waits.peers.wait_peers import WaitPeers
from flakecore.diagnosis.waits.skipping_exits import SkippingExit, loop_around, skipping_exits

_REQUESTS = (OperationKind.RECEIVE, OperationKind.RANGE)
"""Operations by which a server waits for its next request."""


def skipped_answer(
    waits: Sequence[WaitPeers | LockWait | None],
) -> tuple[WaitPeers, tuple[str, ...]] | None:
    """Return the wait of two for an answer that the other one skipped, and the words for it.

    Args:
        waits: those of a cycle: each could be woken by the next alone.

    Returns:
        The wait and the claims, the longest first; None where that is not so.
    """
    if len(waits) != 2:
        return None
    one, other = waits
    if not isinstance(one, WaitPeers) or not isinstance(other, WaitPeers):
        return None
    found = [
        (client, server, skip)
        for client, server in ((one, other), (other, one))
        if (skip := _skip(client, server)) is not None
    ]
    if len(found) != 1:
        return None
    client, server, skip = found[0]
    return client, _skipped(client, server, skip)


def _skipped(client: WaitPeers, server: WaitPeers, skip: SkippingExit) -> tuple[str, ...]:
    file, end = client.ends[0]
    begin = f"{client.state.name} {client.does} {client.text} ({client.place})"
    skips = f"the {skip.word} at {skip.place} skips the {end.kind.noun}"
    back = f"and {server.state.name} is back at {server.place}"
    return (
        f"{begin}; {skips} ({file}:{end.line}), {back}",
        f"{begin}; {skips}, {back}",
        f"{begin}; {skips}",
    )


def waiting_client(
    server: WaitPeers, clients: dict[int, list[WaitPeers]]
) -> tuple[WaitPeers, WaitPeers] | None:
    """Return who waits for what a server does in a round of its loop, and who is to do it.

    A server that waits for its next request is idle, and closing its channel would only end it. So
    where all that one waits for stands within the loop that another one waits in, the wait is that
    one's own, and so on along a chain of them.

    Args:
        server: a wait that nobody is left to end.
        clients: by goroutine, the waits that it alone could end.

    Returns:
        The last client of the chain and its server; None where nobody waits so.
    """
    found, seen = None, {server.state.number}
    while True:
        waits = clients.get(server.state.number, [])
        if len(waits) != 1 or not _is_served_in_loop(waits[0], server):
            return found
        found = waits[0], server
        server = waits[0]
        if server.state.number in seen:
            return None
        seen.add(server.state.number)


def by_only_unblocker(waits: Iterable[WaitPeers | None]) -> dict[int, list[WaitPeers]]:
    """Return waits by the number of the only goroutine that could end each."""
    found: defaultdict[int, list[WaitPeers]] = defaultdict(list)
    for each in waits:
        if each is not None and len(each.candidates) == 1:
            found[each.candidates[0].number].append(each)
    return dict(found)


def unanswered(client: WaitPeers, server: WaitPeers) -> tuple[str, ...]:
    """Return the words for a client's wait for an idle server, the longest first."""
    begin = f"{client.state.name} {client.does} {client.text} ({client.place})"
    skip = _skip(client, server)
    if skip is not None:
        return _skipped(client, server, skip)
    places = {f"{file}:{each.line}" for file, each in client.ends}
    where = f" ({places.pop()})" if len(places) == 1 else ""
    back = f"is back at {server.place}"
    who = f"{server.state.name}, which could {INFINITIVE[client.ends[0][1].kind]}"
    return (f"{begin}; {who}{where}, {back}", f"{begin}; {who}, {back}", begin)


def unanswered_places(client: WaitPeers, server: WaitPeers) -> tuple[Place, ...]:
    """Return where a client waits, what would end that, and where its idle server waits."""
    return (
        client.state.place_of(Role.WAITS),
        *ending_places(client, client.ends),
        server.state.place_of(Role.WAITS),
    )


def _is_served_in_loop(client: WaitPeers, server: WaitPeers) -> bool:
    """Return whether all that would end a wait stands in the loop that a server waits in."""
    frames = [frame for frame in server.state.frames if frame == server.state.own]
    stands = server.package.function_of(frames[0]) if frames else None
    takes = all(each.kind in _REQUESTS for each in server.own)
    if stands is None or not client.ends or not takes:
        return False
    loop = loop_around(server.own[0].node)
    return loop is not None and all(
        file == stands[0] and loop.start_byte <= each.node.start_byte < loop.end_byte
        if each.function == server.own[0].function
        else _is_called_in(server, file, each, loop)
        for file, each in client.ends
    )


def _is_called_in(server: WaitPeers, file: str, end: Operation, loop: Node) -> bool:
    """Return whether every call of the function that an end stands in is in a loop."""
    calls = list(server.package.calls.calls_of((file, end.function.start_byte)))
    return bool(calls) and all(
        loop.start_byte <= call.start_byte < loop.end_byte
        and enclosing(call, *FUNCTIONS) == server.own[0].function
        for _, call in calls
    )


def _skip(client: WaitPeers, server: WaitPeers) -> SkippingExit | None:
    """Return the only way by which a server leaves a client's request without what it waits for."""
    if len(client.own) != 1 or not _has_asked(client, server):
        return None
    skips = skipping_exits(client.package, client.ends, client.leading, client.own)
    if len(skips) != 1:
        return None
    (skip,) = skips
    file, end = client.ends[0]
    frames = (server.package.function_of(frame) for frame in server.state.frames)
    stands_there = any(each is not None and each == (file, end.function) for each in frames)
    if not stands_there:
        return skip  # The loop calls the function that the answer stands in.
    own = server.state.own
    loop = enclosing(end.node, "for_statement", *FUNCTIONS)
    in_loop = loop is not None and loop.type == "for_statement"
    if own is None or skip.word != "continue" or loop is None or not in_loop:
        return None
    return skip if line_of(loop) <= own.line <= skip.line else None


def _has_asked(client: WaitPeers, server: WaitPeers) -> bool:
    """Return whether a client has sent, without a buffer, on what a server waits for."""
    wait = client.own[0]
    return any(
        each.kind is OperationKind.SEND
        and each.function == wait.function
        and each.node.end_byte <= wait.node.start_byte
        and _is_around(each, wait)
        and client.package.uses.is_unbuffered(file, each)
        for file, each in server.ends
    )


def _is_around(send: Operation, wait: Operation) -> bool:
    """Return whether an operation stands in a block around another one."""
    block = enclosing(send.node, "block", *FUNCTIONS)
    return block is not None and block.start_byte <= wait.node.start_byte < block.end_byte
