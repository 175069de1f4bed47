"""Waits whose counterpart can come from nobody: ``chan-no-receiver``, ``chan-no-sender``,
``chan-not-closed``, ``wait-group-stuck``, ``cond-lost-signal``.

Each speaks where the source of the package is at hand, the object that is waited on is used only
where the source was followed (``source.object_uses``), and no other goroutine stands in a function
that would end the wait, or in one that may come to call such a function, from where it stands on.
Silent where the object
escapes, where such a goroutine is left (it may be slow), and where not all goroutines are known.

Example: a worker returns at its first error; the test goes on sending to it.
Counterexample: the worker is asleep and receives a moment later.
"""  # noqa: D205

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import line_of, text_of
from flakecore.diagnosis.source.operations import FUNCTIONS, Operation, OperationKind, enclosing
from flakecore.diagnosis.wait_peers import WaitPeers, wait_peers


def _find(question: Question) -> Iterator[Finding]:
    for state in question.states:
        peers = wait_peers(state, question.states, question.files) if state.test >= 0 else None
        if peers is None or peers.candidates:
            continue
        closes = any(each.kind is OperationKind.CLOSE for _, each in peers.ends)
        never = peers.own.kind is OperationKind.RANGE and not closes
        yield _finding(peers, rule="chan-not-closed" if never else peers.kind.rule)


def _finding(peers: WaitPeers, *, rule: str) -> Finding:
    state, kind, package, ends = peers.state, peers.kind, peers.package, peers.ends
    evidence = [state.evidence()]
    for file, operation in ends:
        place = f"{operation.kind.value} stands at {file}:{operation.line}"
        evidence.append(Evidence(f"{place}; no other goroutine is in that function", None, 0))
    return Finding(
        rule=rule,
        claim=_claim(peers, rule),
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


def _claim(peers: WaitPeers, rule: str) -> str:
    kind, ends = peers.kind, peers.ends
    begin = f"{peers.state.name} {peers.does} {peers.own.object.text} ({peers.place})"
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
