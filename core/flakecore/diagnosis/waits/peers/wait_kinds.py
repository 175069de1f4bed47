"""Kinds of waits on channels, wait groups and conds, and the operations that would end each."""

from __future__ import annotations

from dataclasses import dataclass

from flakecore.diagnosis.findings import Role
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.waits.blocked_on import BlockedOn

_K = OperationKind


@dataclass(frozen=True)
class WaitKind:
    """A kind of wait: which operation it stands in, and which operations would end it.

    Attributes:
        rule: id of the finding on one that nobody ends.
        does: what who waits does, before the object: ``sends on``.
        own: the operations it stands in.
        ends: those that would end it.
        role: of who would end it.
        ended_by: what who would end it does: ``receives from it``.
    """

    rule: str
    does: str
    own: tuple[OperationKind, ...]
    ends: tuple[OperationKind, ...]
    role: Role
    ended_by: str


SENDS = WaitKind(
    "chan-no-receiver",
    "sends on",
    (_K.SEND,),
    (_K.RECEIVE, _K.RANGE),
    Role.RECEIVES,
    "receives from it",
)
RECEIVES = WaitKind(
    "chan-no-sender",
    "receives from",
    (_K.RECEIVE, _K.RANGE),
    (_K.SEND, _K.CLOSE),
    Role.SENDS,
    "sends on it or closes it",
)
SELECTS = WaitKind(
    "chan-no-sender",
    "selects from",
    (_K.RECEIVE, _K.SEND),
    (_K.SEND, _K.CLOSE),
    Role.SENDS,
    "sends on one or closes it",
)
WAIT_KINDS = {
    BlockedOn.SEND: SENDS,
    BlockedOn.RECEIVE: RECEIVES,
    BlockedOn.SELECT: SELECTS,
    BlockedOn.WAIT_GROUP: WaitKind(
        "wait-group-stuck",
        "waits for",
        (_K.WAIT,),
        (_K.DONE,),
        Role.DONE,
        "calls its Done",
    ),
    BlockedOn.COND: WaitKind(
        "cond-lost-signal",
        "waits for a signal of",
        (_K.WAIT,),
        (_K.SIGNAL, _K.BROADCAST),
        Role.SIGNALS,
        "signals it",
    ),
}
