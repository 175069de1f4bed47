"""Waits whose counterpart can come from nobody: ``chan-no-receiver``, ``chan-no-sender``,
``chan-not-closed``, ``wait-group-stuck``, ``cond-lost-signal``.

Each speaks where the source of the package is at hand, the object that is waited on is used only
where the source was followed (``source.object_uses``), and no other goroutine stands in a function
that would end the wait, or in one that may come to call such a function. Silent where the object
escapes, where such a goroutine is left (it may be slow), and where not all goroutines are known.

Example: a worker returns at its first error; the test goes on sending to it.
Counterexample: the worker is asleep and receives a moment later.
"""  # noqa: D205

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flakecore.diagnosis.blocked_on import BlockedOn
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.goroutine_states import GoroutineState
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import line_of, text_of
from flakecore.diagnosis.source.operations import FUNCTIONS, Operation, OperationKind, enclosing

_K = OperationKind


@dataclass(frozen=True)
class _Wait:
    """A kind of wait: which operation it stands in, and which operations would end it."""

    rule: str
    does: str
    own: tuple[OperationKind, ...]
    ends: tuple[OperationKind, ...]
    role: Role
    enders: str


_WAITS = {
    BlockedOn.SEND: _Wait(
        "chan-no-receiver", "sends on", (_K.SEND,), (_K.RECEIVE, _K.RANGE), Role.RECEIVES,
        "receives from it",
    ),
    BlockedOn.RECEIVE: _Wait(
        "chan-no-sender", "receives from", (_K.RECEIVE, _K.RANGE), (_K.SEND, _K.CLOSE),
        Role.SENDS, "sends on it or closes it",
    ),
    BlockedOn.WAIT_GROUP: _Wait(
        "wait-group-stuck", "waits for", (_K.WAIT,), (_K.DONE,), Role.DONE, "calls its Done",
    ),
    BlockedOn.COND: _Wait(
        "cond-lost-signal", "waits for a signal of", (_K.WAIT,), (_K.SIGNAL, _K.BROADCAST),
        Role.SIGNALS, "signals it",
    ),
}  # fmt: skip


def _find(question: Question) -> Iterator[Finding]:
    if not question.states.complete:
        return
    for state in question.states:
        kind = _WAITS.get(state.blocked_on)
        if kind is not None and state.own is not None and state.test >= 0:
            yield from _of_wait(question, state, kind)


def _of_wait(question: Question, state: GoroutineState, kind: _Wait) -> Iterator[Finding]:
    frame = state.own
    package = question.files.package_of(frame) if frame is not None else None
    if frame is None or package is None:
        return
    file = frame.file.rpartition("/")[2]
    own = question.files.operations_at(frame, frame.line, *kind.own)
    if len(own) != 1 or package.uses.escapes(file, own[0]) or _is_exported(own[0]):
        return
    on_it = package.uses.of(file, own[0])
    ends = [each for each in on_it if each[1].kind in kind.ends]
    leading = package.leading_to(ends)
    others = [each for each in question.states if each.number != state.number]
    if any(
        package.holds(each, where, function)
        for other in others
        for each in other.frames
        for where, function in leading
    ):
        return
    if own[0].kind is OperationKind.RANGE and not any(e.kind is _K.CLOSE for _, e in ends):
        yield _finding(state, kind, own[0], package, ends, rule="chan-not-closed")
    else:
        yield _finding(state, kind, own[0], package, ends, rule=kind.rule)


def _is_exported(operation: Operation) -> bool:
    """Return whether other packages may use the object: an exported field or variable."""
    name = operation.object
    last = name.path.rpartition(".")[2]
    return (name.path.startswith(".") or name.scope == "package") and last[:1].isupper()


def _finding(
    state: GoroutineState,
    kind: _Wait,
    own: Operation,
    package: GoPackage,
    ends: list[tuple[str, Operation]],
    *,
    rule: str,
) -> Finding:
    evidence = [state.evidence()]
    for file, operation in ends:
        place = f"{operation.kind.value} stands at {file}:{operation.line}"
        evidence.append(Evidence(f"{place}; no other goroutine is in that function", None, 0))
    return Finding(
        rule=rule,
        claim=_claim(state, kind, own, ends, rule),
        certainty=Certainty.INFERRED,
        test=state.test,
        places=(
            state.place_of(Role.WAITS),
            *(
                Place(kind.role, 0, _function_of(each), f"{package.folder}/{file}", each.line)
                for file, each in ends
            ),
        ),
        evidence=tuple(evidence),
        next="",
        explains=frozenset((state.number,)),
    )


def _claim(
    state: GoroutineState,
    kind: _Wait,
    own: Operation,
    ends: list[tuple[str, Operation]],
    rule: str,
) -> str:
    does = "ranges over" if own.kind is OperationKind.RANGE else kind.does
    at = f" ({state.own.place})" if state.own is not None else ""
    begin = f"{state.name} {does} {own.object.text}{at}"
    places = list(dict.fromkeys(f"{file}:{each.line}" for file, each in ends))
    if rule == "chan-not-closed":
        sends = f"; nobody is left that sends ({places[0]})" if places else ""
        return first_that_fits(f"{begin}, which nothing closes{sends}")
    if not ends:
        return first_that_fits(f"{begin}, and nothing in the package {kind.enders}")
    skipped = [(file, line) for file, each in ends if (line := _return_before(each))]
    if rule == "wait-group-stuck" and len(skipped) == len(ends) == 1:
        file, line = skipped[0]
        return first_that_fits(
            f"{begin}: Done ({places[0]}) was not reached; a return is before it ({file}:{line})"
        )
    where = f"{' or '.join(places[:2])}{' or elsewhere' if len(places) > 2 else ''}"
    names = {_function_of(each) for _, each in ends}
    inside = f": none is in {next(iter(names))} ({where})" if len(names) == 1 else f" ({where})"
    literal = any(each.function.type == "func_literal" for _, each in ends)
    gone = f"no goroutine is left that {kind.enders}"
    return first_that_fits(
        f"{begin}; {gone}{f' ({where})' if literal else inside}",
        f"{begin}; {gone} ({where})",
        f"{begin}; {gone}",
    )


def _function_of(operation: Operation) -> str:
    """Return the name of the declared function that an operation stands in; "" for none."""
    node = operation.function
    while node is not None and node.type == "func_literal":
        node = enclosing(node, *FUNCTIONS)
    return text_of(node.child_by_field_name("name")) if node is not None else ""


def _return_before(operation: Operation) -> int:
    """Return the line of a return that leaves a function before an operation; 0 for none."""
    if operation.deferred:
        return 0
    stack = [operation.function.child_by_field_name("body")]
    while stack:
        node = stack.pop()
        if node is None or node.type == "func_literal":
            continue
        if node.type == "return_statement" and node.start_byte < operation.node.start_byte:
            return line_of(node)
        stack.extend(node.children)
    return 0


RULE = Rule("peer-gone", Needs.STATES, _find)
