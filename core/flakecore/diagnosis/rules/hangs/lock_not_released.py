"""``lock-held``, by nobody: a function has returned with the lock that a goroutine waits for.

Reported when no goroutine stands where it may hold the lock by the source, all the package's
unlocks of it stand in functions that lock it, and one of these has a path out on which it is still
locked: a return behind the Lock and before every Unlock. Silent where a goroutine may hold it,
where one is in Cond.Wait, which lets go of a lock and takes it back, where functions lock for their
callers (these are followed) or hand a lock to another goroutine, and where another package may lock
it.

Example: ``Send`` returns an error before it unlocks; ``Close`` waits for the lock.
Counterexample: ``Send`` unlocks before each return, and a slow ``Reconnect`` holds the lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits, names
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of
from flakecore.diagnosis.source.objects.held_locks import held_locks
from flakecore.diagnosis.source.objects.lock_helpers import PAIRS, is_helper
from flakecore.diagnosis.source.objects.operations import ObjectName, Operation
from flakecore.diagnosis.source.syntax import declared_around, walk
from flakecore.diagnosis.waits.locks.lock_waits import LockWait


@dataclass(frozen=True, slots=True)
class _WayOut:
    """A return that leaves a function with a lock held."""

    file: str
    lock: Operation
    line: int


def _find(question: Question) -> Iterator[Finding]:
    alike: defaultdict[str, list[LockWait]] = defaultdict(list)
    for wait in question.locks.waits.values():
        alike[wait.frame.place].append(wait)
    for waits in alike.values():
        wait = waits[0]
        package = question.files.package_of(wait.frame)
        if package is None or wait.name is None or not question.states.complete:
            continue
        if any(question.locks.holders_of(each) for each in waits):
            continue
        if question.locks.released_by_wait(wait) or _may_run_unseen(question, package):
            continue
        ways = _ways_out(package, wait.name)
        if ways:
            yield _finding(question, waits, package, ways)


def _may_run_unseen(question: Question, package: GoPackage) -> bool:
    """Return whether it is unknown where a goroutine stands, so that it may hold anything."""
    return any(
        state.is_lost
        or any(package.has(each) and package.function_of(each) is None for each in state.frames)
        for state in question.states
    )


def _ways_out(package: GoPackage, name: ObjectName) -> list[_WayOut]:
    """Return the returns that leave a lock held; empty where it may be let go of elsewhere."""
    by_file = package.lock_operations
    takes: list[tuple[str, Operation]] = []
    frees: list[tuple[str, Operation]] = []
    for file, operations in by_file.items():
        for each in operations:
            if not each.object.is_same(name) or is_helper(each, package.lock_helpers):
                continue
            if each.kind in PAIRS:
                takes.append((file, each))
            elif each.kind in PAIRS.values():
                frees.append((file, each))
    last = name.path.rpartition(".")[2]
    owner = name.scope.removeprefix("type ")
    if package.is_importable and last[:1].isupper() and owner[:1].isupper():
        return []
    homes = {(file, _home(each.function)) for file, each in takes}
    if any((file, _home(each.function)) not in homes for file, each in frees):
        return []
    ways = []
    for file, lock in takes:
        ways += list(_leaves_held(file, lock, frees, by_file, package))
    return ways


def _leaves_held(
    file: str,
    lock: Operation,
    frees: Sequence[tuple[str, Operation]],
    by_file: Mapping[str, tuple[Operation, ...]],
    package: GoPackage,
) -> Iterator[_WayOut]:
    function = lock.function
    within = [
        each
        for home, each in frees
        if home == file and function.start_byte <= each.node.start_byte < function.end_byte
    ]
    if not within or any(each.deferred or each.function != function for each in within):
        return  # Deferred, or in a literal, which may be: it is let go of on every path.
    if any(each.object.text != lock.object.text for each in within):
        return
    lines = {each.line for each in within}
    for node in walk(function):
        if node.type != "return_statement" or _innermost(node) != function:
            continue
        line = line_of(node)
        if line in lines or line <= lock.line:
            continue
        if lock in held_locks(package.files[file], by_file[file], line):
            yield _WayOut(file, lock, line)


def _innermost(node: Node) -> Node | None:
    node = node.parent
    while node is not None and node.type not in (
        "function_declaration",
        "method_declaration",
        "func_literal",
    ):
        node = node.parent
    return node


def _home(function: Node) -> int:
    """Return where the declared function around a function begins."""
    declared = declared_around(function)
    return int(declared.start_byte) if declared is not None else -1


def _finding(
    question: Question, waits: list[LockWait], package: GoPackage, ways: list[_WayOut]
) -> Finding:
    wait, way = waits[0], ways[0]
    who = names([each.state.number for each in waits])
    verb = "waits" if len(waits) == 1 else "wait"
    declared = declared_around(way.lock.function)
    name = text_of(declared.child_by_field_name("name")) if declared is not None else "a function"
    out = f"{way.file}:{way.line}"
    begin = f"{who} {verb} for {wait.text} ({wait.frame.place})"
    holder = _holder_by_page(question, wait)
    held = f"{begin}; G{holder} holds it: {name} returned with it locked ({out})" if holder else ""
    numbers = frozenset(each.state.number for each in waits)
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(
            *([held] if held else []),
            f"{begin}; no goroutine is where it would unlock it; {name} returns with it locked"
            f" ({out})",
            f"{begin}; nobody is there to unlock; {name} returns with it locked ({out})",
            f"{begin}; {name} returns with it locked ({out})",
        ),
        certainty=Certainty.INFERRED,
        test=wait.state.test,
        places=(
            *(each.state.place_of(Role.WAITS, each.frame) for each in waits[:8]),
            Place(Role.LOCKED_AT, holder, name, f"{package.folder}/{way.file}", way.lock.line),
            Place(Role.ENDED, 0, name, f"{package.folder}/{way.file}", way.line),
        ),
        evidence=(
            *(each.state.evidence() for each in waits[:8]),
            Evidence(
                f"{name} locks {way.lock.object.text} at {way.file}:{way.lock.line}, and has not "
                f"unlocked it where it returns at {out}",
                None,
                0,
            ),
            *(
                [Evidence(f"the runtime has G{holder} as its holder", None, holder)]
                if holder
                else []
            ),
        ),
        next=f"unlock before the return at {out}, or by defer",
        explains=question.waits.behind(numbers),
    )


def _holder_by_page(question: Question, wait: LockWait) -> int:
    """Return who holds for writing what a goroutine waits for; 0 where no objects page has it."""
    graph = question.objects
    for each in graph.waits_of(wait.state.number) if graph is not None else ():
        holders = each.object.holders if each.on_lock and each.object is not None else ()
        if len(holders) == 1 and not holders[0].reads and not holders[0].ended:
            return holders[0].goroutine
    return 0


RULE = Rule("lock-held", Needs.STATES, _find)
