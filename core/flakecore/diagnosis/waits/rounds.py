"""Requests that are taken and not answered: a round of a loop that skips what a client waits for.

A client sends on a channel without a buffer, and waits for the answer. Who waits again for the next
request, in a loop, has taken that one: the send has ended. Where one way out alone leads past the
answer, it went that way. That is a step of reasoning from the source.
"""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.diagnosis.source.go_parser import line_of
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import FUNCTIONS, enclosing
from flakecore.diagnosis.waits.lock_waits import LockWait
from flakecore.diagnosis.waits.skipping_exits import SkippingExit, skipping_exits
from flakecore.diagnosis.waits.wait_peers import WaitPeers


def skipped_answer(
    waits: Sequence[WaitPeers | LockWait | None],
) -> tuple[WaitPeers, tuple[str, ...]] | None:
    """Return the wait of two for an answer that the other one skipped, and how that is told.

    Args:
        waits: those of a circle: each could be woken by the next alone.

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
    file, end = client.ends[0]
    begin = f"{client.state.name} {client.does} {client.text} ({client.place})"
    skips = f"the {skip.word} at {skip.place} skips the {end.kind.noun}"
    back = f"and {server.state.name} is back at {server.place}"
    return client, (
        f"{begin}; {skips} ({file}:{end.line}), {back}",
        f"{begin}; {skips}, {back}",
        f"{begin}; {skips}",
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
