"""``panic-cause`` of locks: an Unlock of what is not locked, and what had unlocked it.

Reports the fatal errors ``unlock of unlocked mutex``, ``Unlock of unlocked RWMutex`` and
``RUnlock of unlocked RWMutex`` (``internal/sync/mutex.go``, ``sync/rwmutex.go``). It names the lock
where the source leaves one in the line, and the operation before it in the same function, if that
has unlocked it or locked it otherwise. Silent on what another function did.

Example: ``mu.Unlock()`` on the way out of a function that has ``defer mu.Unlock()``.
Counterexample: ``mu.Lock()`` again before the return.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.crash_site import CrashSite, crash_site
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_file import GoFile
from flakecore.diagnosis.source.objects.operations import Operation, OperationKind
from flakecore.diagnosis.source.syntax import enclosing
from flakecore.timeline import FailureKind

_K = OperationKind
_MESSAGES = {
    "sync: unlock of unlocked mutex": _K.UNLOCK,
    "sync: Unlock of unlocked RWMutex": _K.UNLOCK,
    "sync: RUnlock of unlocked RWMutex": _K.RUNLOCK,
}
_NOT = {_K.UNLOCK: "that is not locked", _K.RUNLOCK: "that nobody has locked for reading"}
_OF_LOCK = (_K.LOCK, _K.RLOCK, _K.UNLOCK, _K.RUNLOCK)
_PAIRED = {_K.UNLOCK: _K.LOCK, _K.RUNLOCK: _K.RLOCK}
_LOCKS_FOR = {_K.LOCK: "for writing", _K.RLOCK: "for reading"}


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.FATAL:
        return
    does = _MESSAGES.get(failure.message.partition("\n")[0].strip())
    site = crash_site(question.case, failure) if does is not None else None
    if site is None or does is None:
        return
    file = question.files.file_of(site.own)
    own = file.failed_operation(site.own.line, does, deferred=does) if file is not None else None
    before = _before(file, own) if file is not None and own is not None else None
    if file is not None and own is not None and before is not None and before.kind is _PAIRED[does]:
        # It was locked there, so that somebody else has unlocked it since.
        before = _elsewhere(file, own)
    places = site.places(Role.PANICS)
    evidence = [
        Evidence(f"fatal error: {failure.message.partition(chr(10))[0]}", None, site.goroutine)
    ]
    if before is not None:
        place = Place(Role.LOCKED_AT, 0, "", site.own.file, before.line)
        places = (*places, place)
        text = f"the source has {before.object.text}.{before.kind.value} in line {before.line}"
        evidence.append(Evidence(text, None, 0))
    yield Finding(
        rule="panic-cause",
        claim=first_that_fits(*_claims(site, does, own, before)),
        certainty=Certainty.SEEN if own is None else Certainty.INFERRED,
        weight=Weight.EFFECT if own is None else Weight.CAUSE,
        test=failure.test,
        places=places,
        evidence=tuple(evidence),
        next="unlock in one place: by defer, right behind the Lock",
        explains=frozenset((site.goroutine,)),
    )


def _before(file: GoFile, own: Operation) -> Operation | None:
    """Return what the function did to the lock last before, on every way to the operation.

    Of a deferred Unlock that is one behind the ``defer``, if nothing locks it again behind that.
    """
    others = [
        each
        for each in file.operations
        if each.kind in _OF_LOCK
        and each.function == own.function
        and each.node != own.node
        and not each.deferred
        and each.object.is_same(own.object)
        and each.object.text == own.object.text
    ]
    if own.deferred:
        behind = [each for each in others if _goes_around(own, each)]
        unlocks = [each for each in behind if each.kind is own.kind]
        return unlocks[0] if len(behind) == len(unlocks) == 1 else None
    earlier = [each for each in others if each.node.end_byte <= own.node.start_byte]
    last = earlier[-1] if earlier else None
    return last if last is not None and _goes_around(last, own) else None


def _elsewhere(file: GoFile, own: Operation) -> Operation | None:
    """Return the only other operation of its kind on the lock in another function of its file."""
    others = [
        each
        for each in file.operations
        if each.kind is own.kind
        and each.function != own.function
        and each.object.is_same(own.object)
    ]
    return others[0] if len(others) == 1 else None


def _goes_around(first: Operation, then: Operation) -> bool:
    """Return whether the block of an operation goes around a later one, too."""
    block = enclosing(first.node, "block")
    return block is not None and bool(first.node.end_byte <= then.node.start_byte < block.end_byte)


def _claims(
    site: CrashSite, does: OperationKind, own: Operation | None, before: Operation | None
) -> list[str]:
    if own is None:
        return [f"{site.who} calls {does.value} of a lock {_NOT[does]}{site.at}"]
    call, where = f"{own.object.text}.{does.value}", f"({site.own.place})"
    plain = [
        f"{site.who} calls {call}{site.at} of a lock {_NOT[does]}",
        f"{site.who} calls {call} {where} of a lock {_NOT[does]}",
    ]
    if before is None:
        return plain
    at = f"{site.own.file.rpartition('/')[2]}:{before.line}"
    if before.function != own.function:
        text = f"it is unlocked at {at}, too"
    elif own.deferred:
        text = f"its function unlocks it at {at} and again by defer"
    elif before.kind in _LOCKS_FOR:
        text = f"which {own.object.text}.{before.kind.value} ({at}) locks {_LOCKS_FOR[before.kind]}"
    else:
        text = f"which {own.object.text}.{before.kind.value} ({at}) has unlocked before"
    apart = own.deferred or before.function != own.function
    joined = ": " if apart else ", "
    return [
        f"{site.who} calls {call}{site.at}{joined}{text}",
        f"{site.who} calls {call} {where}{joined}{text}",
        *plain,
    ]


RULE = Rule("unlocked", Needs.FAILURE, _find, ids=("panic-cause",))
