"""Dumps as text: which goroutines stood where, one row for all alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.gotest import DumpFrame, DumpSource
from flakecore.report.text.rows import aligned
from flakecore.text.counted import counted
from flakecore.timeline import AlikeGoroutines, Case, CaseDump, Failure, alike_goroutines

_OWN_ROWS = 8
"""Kinds of goroutines of the failed test itself that are shown."""
_OTHER_ROWS = 10
"""Kinds of all other goroutines that are shown."""
_DUMPS = 8
"""Dumps without a failure that are shown."""
_NUMBERS = 3
"""Numbers of goroutines of one kind that are shown."""
_CALLERS = 8
_SOURCES = {
    DumpSource.FILE: "in {name}",
    DumpSource.CAUGHT: "at a panic that was caught",
    DumpSource.GOLEAK: "that goleak found left",
    DumpSource.LEAKTEST: "that leaktest found left",
    DumpSource.PRINTED: "that the tests printed",
}
_OF_NO_TEST = "in its output"
"""Of stacks that were printed among lines of no test, as a compiler's or a server's are."""
_WIDEST = 120
_WIDEST_CELL = 40
"""Characters that cells of a column are padded to at most."""
_ALL = "flaketui report --format json shows all"


def failure_table(case: Case, failure: Failure, *, with_others: bool) -> Iterator[str]:
    """Return the goroutines that the crash of a failure showed, its test's first.

    Args:
        case: the case.
        failure: one with a crash.
        with_others: whether goroutines of no test or another are shown as well.
    """
    dump = case.dumps[failure.crash]
    name = failure.test_name if failure.test_name != case.package else ""
    kinds = alike_goroutines(dump, case.package, name, failure.goroutine)
    own = [kind for kind in kinds if _is_of(kind, failure, name)]
    others = [kind for kind in kinds if not _is_of(kind, failure, name)]
    shown = [kind for kind in others if kind.frames and with_others]
    if not own and not shown and not (with_others and others):
        return
    yield "  Goroutines in its dump:"
    yield from _rows(own[:_OWN_ROWS] + shown[:_OTHER_ROWS])
    hidden = [*own[_OWN_ROWS:], *shown[_OTHER_ROWS:]]
    if with_others:
        hidden += [kind for kind in others if not kind.frames]
    yield from _cut(hidden, "more " if own or shown else "")


def other_dumps(case: Case) -> Iterator[str]:
    """Return the dumps of a case that no failure has."""
    crashed = {failure.crash for failure in case.failures if failure.crash >= 0}
    others = [
        dump
        for index, dump in enumerate(case.dumps)
        if index not in crashed and (dump.goroutines or dump.groups) and _adds_something(case, dump)
    ]
    for dump in others[:_DUMPS]:
        yield from _dump(case, dump)
    if len(others) > _DUMPS:
        yield ""
        yield f"  … {len(others) - _DUMPS:,} more dumps; {_ALL}"


def _adds_something(case: Case, dump: CaseDump) -> bool:
    """Return whether a dump has more than the collector's own goroutines and those of a crash."""
    if dump.source is not DumpSource.FILE or not case.tests:
        return True
    crashed = {failure.crash for failure in case.failures if failure.crash >= 0}
    shown = {each.stack.number for index in crashed for each in case.dumps[index].goroutines}
    return any(
        kind.frames and not all(each.stack.number in shown for each in kind.goroutines)
        for kind in alike_goroutines(dump, case.package)
    )


def _dump(case: Case, dump: CaseDump) -> Iterator[str]:
    kinds = alike_goroutines(dump, case.package)
    message = dump.message.partition("\n")[0]
    whose = _SOURCES.get(dump.source, f"of a {dump.source}").format(name=dump.name)
    if dump.source is DumpSource.CAUGHT and message:
        whose += f": {message}"
    if dump.source is DumpSource.PRINTED and not dump.is_of_test:
        whose = _OF_NO_TEST
    count = sum(kind.count for kind in kinds)
    yield ""
    yield f"  {counted(count, 'goroutine')} {whose}:"
    own = [kind for kind in kinds if kind.frames]
    shown = (own or list(kinds))[:_OTHER_ROWS]
    yield from _rows(shown)
    yield from _cut([kind for kind in kinds if kind not in shown])


def _is_of(kind: AlikeGoroutines, failure: Failure, name: str) -> bool:
    if (
        name
        and kind.test_name
        and (kind.test_name == name or kind.test_name.startswith(f"{name}/"))
    ):
        return True
    return any(each.stack.number == failure.goroutine for each in kind.goroutines[:1])


def _rows(kinds: Sequence[AlikeGoroutines]) -> Iterator[str]:
    heads = aligned([_head(kind) for kind in kinds], widest=_WIDEST_CELL)
    for kind, head in zip(kinds, heads, strict=True):
        yield head
        for text in _stack(kind):
            yield f"        {text}"


def _head(kind: AlikeGoroutines) -> tuple[str, ...]:
    numbers = ", ".join(str(each.stack.number) for each in kind.goroutines[:_NUMBERS])
    if kind.count > 1:
        more = ", …" if kind.count > _NUMBERS else ""
        numbers = f"×{kind.count:,}: {numbers}{more}" if numbers else f"×{kind.count:,}"
    elif not kind.count:
        numbers = "×?"
    elif numbers == "0" and not kind.state:
        numbers = "?"
    least, most = kind.minutes
    waited = f"{most} min" if least == most else f"{least} to {most} min"
    frame = kind.frames[0] if kind.frames else kind.innermost
    return (
        f"goroutine {numbers}",
        kind.state,
        waited if most else "",
        _place(frame) if frame else "",
        _function(frame) if frame else "",
        kind.test_name,
    )


def _stack(kind: AlikeGoroutines) -> Iterator[str]:
    """Return what stands below a row: the callers of one's own, and where it was created."""
    callers = [f"{_place(frame)} {_function(frame)}".lstrip() for frame in kind.frames[1:]]
    if callers:
        yield f"called by {', '.join(callers[:_CALLERS])}{', …' if callers[_CALLERS:] else ''}"
    creator = kind.creator
    if creator is not None and not creator.function.startswith(("testing.", "runtime.")):
        by = {each.stack.creator_goroutine for each in kind.goroutines}
        number = by.pop() if len(by) == 1 else 0
        whom = f" by goroutine {number}" if number else ""
        where = f"at {_place(creator)}" if creator.file else "by"
        yield f"created {where} {_function(creator)}{whom}"


def _cut(kinds: Sequence[AlikeGoroutines], more: str = "more ") -> Iterator[str]:
    hidden = sum(kind.count for kind in kinds)
    if hidden:
        what = "goroutine" if hidden == 1 else "goroutines"
        yield f"    … {hidden:,} {more}{what}; {_ALL}"


def _place(frame: DumpFrame) -> str:
    if not frame.file:
        return ""
    return f"{frame.file.replace(chr(92), '/').rpartition('/')[2]}:{frame.line}"


def _function(frame: DumpFrame) -> str:
    name = frame.function.rpartition("/")[2]
    return name if len(name) <= _WIDEST else f"{name[:_WIDEST]}…"
