"""Two runs beside each other as text: conditions, tests, where they part, lines, features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.comparison import (
    CaseComparison,
    Condition,
    Divergence,
    RepeatedTest,
    Step,
    condition_shown,
)
from flakecore.report.features.feature_text import value_words
from flakecore.report.text.finding_text import wrapped
from flakecore.text.printable import clean, printable
from flakecore.timeline import Case, TestSpan
from flakecore.times import format_duration

_BEFORE = 8
_PARTINGS = 6
_LINES = 12
_TESTS = 20
_REPEATED = 5
_ALL = "--format json has all"


def render_compare_text(titles: Sequence[str], found: CaseComparison) -> bytes:
    """Return what differs between two runs as text in UTF-8.

    Args:
        titles: what each run is, such as ``b.zip, run 002``.
        found: what differs; A is the first run, B the second.
    """
    lines = [f"{letter}  {title}" for letter, title in zip("AB", titles, strict=True)]
    for block in (
        _conditions(found),
        _tests(found),
        _divergences(found),
        _printed(found),
        _repeated(found),
        _features(found),
    ):
        text = list(block)
        lines += ["", *text] if text else []
    return ("\n".join(printable(clean(line)) for line in lines) + "\n").encode()


def title_of(name: str, case: Case) -> str:
    """Return what a run is, for a person: bundle, package, attempt, failures and duration."""
    attempt = f", run {case.attempt}" if case.attempt else ""
    failed = len(case.failures)
    outcome = f"{failed} failed" if failed else "passed"
    took = f" in {format_duration(case.elapsed_ns)}" if case.elapsed_ns is not None else ""
    return f"{name}{attempt}: {case.package or 'a run'}, {outcome}{took}"


def _conditions(found: CaseComparison) -> Iterator[str]:
    if not found.conditions:
        yield "Conditions: none that is recorded differs."
        return
    yield "Conditions that differ:"
    for name, pair in found.conditions.items():
        words = [_value(name, each) for each in pair]
        yield f"  A {words[0]}   B {words[1]}"


def _value(name: str, value: Condition | None) -> str:
    return condition_shown(name, value) if value is not None else "not recorded"


def _tests(found: CaseComparison) -> Iterator[str]:
    others = found.ended_otherwise
    if not others:
        yield f"Tests: all {found.tests:,} ended alike."
        return
    yield "Tests that ended otherwise:"
    for each in others[:_TESTS]:
        yield f"  {each.name}: A {_ended(each.first)}, B {_ended(each.second)}"
    if len(others) > _TESTS:
        yield f"  … {len(others) - _TESTS:,} more; {_ALL}"


def _ended(test: TestSpan | None) -> str:
    if test is None:
        return "did not run"
    # A result without a stamp has two decimals: of 0.00s no duration is known.
    known = test.timed or (test.has_duration and test.duration_ns)
    took = f" after {format_duration(test.duration_ns)}" if known else ""
    return f"{test.status}{took}"


def _divergences(found: CaseComparison) -> Iterator[str]:
    if not found.test:
        yield "Where they part: no test ended otherwise; --test NAME follows one."
        return
    if not found.divergences and found.parts is None:
        yield f"Where they part: no step of {found.test} differs that a trace of both shows."
        for text in where_it_parts(found):
            yield from wrapped(text, "  ")
        return
    for text in where_it_parts(found):
        yield from wrapped(text, "")
    yield ""
    yield f"Where {found.test} parts, by what each goroutine prints, starts, sleeps and ends:"
    for each in found.divergences[:_PARTINGS]:
        yield from wrapped(f"{_who(each)}: {_before(each)}", "  ")
        yield f"    A {_step(each.first)}"
        yield f"    B {_step(each.second)}"
    if len(found.divergences) > _PARTINGS:
        yield f"  … {len(found.divergences) - _PARTINGS:,} more goroutines part later; {_ALL}"


def where_it_parts(found: CaseComparison) -> Iterator[str]:
    """Yield the sentences on where the runs of a test part: the first step, or the order."""
    if found.parts is not None:
        yield f"{found.test} parts first: {found.parts.sentence()}."
        if found.parts.is_usual:
            yield "Other runs that passed did so too, or in another order: it may mean nothing."
    elif found.divergences:
        yield (
            f"No step of {found.test} that the traces show differs before its end in A: what does"
            " came before the test, or is in its variables."
        )
    for letter, other, names in zip("AB", "BA", found.before, strict=True):
        if names:
            more = f" and {len(names) - _BEFORE:,} more" if len(names) > _BEFORE else ""
            yield (
                f"In {letter} {', '.join(names[:_BEFORE])}{more} ran before {found.test}, in"
                f" {other} not."
            )


def _who(divergence: Divergence) -> str:
    numbers = [f"G{number}" if number else "none" for number in divergence.numbers]
    return f"{divergence.role.words()} (A {numbers[0]}, B {numbers[1]})"


def _before(divergence: Divergence) -> str:
    if divergence.last is None:
        return "nothing alike before"
    steps = "1 step" if divergence.alike == 1 else f"{divergence.alike:,} steps"
    last = f"{format_duration(divergence.last.time_ns)}: {divergence.last.words}"
    return f"alike for {steps}, the last at {last}"


def _step(step: Step | None) -> str:
    return f"{format_duration(step.time_ns)}  {step.words}" if step is not None else "nothing more"


def _printed(found: CaseComparison) -> Iterator[str]:
    if not found.lines:
        yield "Output: no line of the test differs."
        return
    yield "Lines of the test that one run printed more often (A, B), numbers and times left out:"
    for each in found.lines[:_LINES]:
        yield f"  {each.first:>3} {each.second:>3}  {each.text}"
    if len(found.lines) > _LINES:
        yield f"  … {len(found.lines) - _LINES:,} more; {_ALL}"


def render_repetitions_text(title: str, tests: Sequence[RepeatedTest]) -> bytes:
    """Return the tests of one run that ran several times in it, as text in UTF-8."""
    lines = [title, "", *repetition_lines(tests)]
    return ("\n".join(printable(clean(line)) for line in lines) + "\n").encode()


def _repeated(found: CaseComparison) -> Iterator[str]:
    for letter, tests in zip("AB", found.repetitions, strict=True):
        yield from repetition_lines(tests, f"{letter}: ")


def repetition_lines(tests: Sequence[RepeatedTest], before: str = "") -> Iterator[str]:
    """Yield lines on tests that ran several times in one process: how they ended, what differs.

    Args:
        tests: those that did not always run alike.
        before: begins the line of each.
    """
    for test in tests[:_REPEATED]:
        times = f"{test.name} ran {len(test.statuses):,} times in one process"
        yield from wrapped(f"{times}: {test.ended()}.", before)
        if not test.lines:
            yield "  All printed the same, numbers, times and reports of failures left out."
        for each in test.lines[:_LINES]:
            yield from wrapped(f"{each.words()}: {each.text}", "  ")
        if len(test.lines) > _LINES:
            yield f"  … {len(test.lines) - _LINES:,} more lines; {_ALL}"
    if len(tests) > _REPEATED:
        yield f"… {len(tests) - _REPEATED:,} more tests ran not always alike; {_ALL}"


def _features(found: CaseComparison) -> Iterator[str]:
    of = found.test or "the run"
    if not found.features:
        yield f"Features: none is known of {of} in both runs."
        return
    yield f"Features of {of} (A, B), those with thresholds and those that differ by a half or more:"
    width = max(len(each.feature.id) for each in found.features)
    for each in found.features:
        values = [value_words(each.feature, value) for value in (each.first, each.second)]
        yield f"  {each.feature.id:{width}}  {values[0]:>10} {values[1]:>10}"
