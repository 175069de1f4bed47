"""Where goroutines waited for each other, as rows of text: how long, how often, ended by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.diagnosis.waits.locks.lock_order_cycles import lock_order_cycles, stacks_of_sites
from flakecore.errors import ProfileError
from flakecore.frames import shown_frame
from flakecore.gotrace import Frame, Trace
from flakecore.report.profile.channel_cycles import channel_cycles
from flakecore.report.profile.profile_request import ProfileRequest
from flakecore.report.profile.profile_signals import LONG_NS
from flakecore.timeline import Case
from flakecore.timeline.profiles.contention import WaitSite, wait_sites
from flakecore.timeline.sources import Sources
from flakecore.times import format_duration

_ROWS = 40
_OF_TESTING = ("testing.", "testing/")
"""Package testing waits for the tests: that is the tests."""
_CALLERS = 3
"""Callers of one place that are listed, those that waited longest."""


def contention_text(
    cases: Sequence[Case], request: ProfileRequest, sources: Sequence[Sources] = ()
) -> str:
    """Return a row for each place at which goroutines waited for a lock or a channel.

    Args:
        cases: of a bundle.
        request: which test and window, and how many rows.
        sources: where each case's source is found; with it, locks that were waited for in a cycle
            are printed.

    Raises:
        ProfileError: if no case has a trace, or the test is none of theirs.
    """
    lines = []
    for case, source in zip_longest(cases, sources[: len(cases)]):
        if case.trace is None or case.schedule is None:
            continue
        sites = _sites(case, request)
        most = request.nodes if request.nodes >= 0 else _ROWS
        lines.append(
            f"{case.package or 'the trace'}: {len(sites):,} places where goroutines waited"
        )
        lines += _rows(sites[:most] if most else sites, case)
        stacks = stacks_of_sites(case, sites, ended=False)
        files = GoFiles(source, case.package)
        lines += [f"! {each.text}" for each in lock_order_cycles(case, stacks, files)]
        lines += [f"! {each.text}" for each in channel_cycles(case, sites, files)]
    if not lines:
        raise ProfileError(
            "there is no trace", remedy="collect records one; block profiles have sums"
        )
    return "".join(f"{line}\n" for line in lines)


def _sites(case: Case, request: ProfileRequest) -> tuple[WaitSite, ...]:
    assert case.trace is not None and case.schedule is not None
    start_ns, end_ns = request.window(case.trace)
    goroutines = request.goroutines(case)
    found = wait_sites(
        case.trace, case.package, start_ns, end_ns, goroutines, without=case.schedule.tree.system
    )
    return tuple(site for site in found if not site.frame.function.startswith(_OF_TESTING))


def _rows(sites: Sequence[WaitSite], case: Case) -> Iterator[str]:
    assert case.trace is not None
    heads = f"{'waited':>9} {'waits':>6} {'mean':>7} {'longest':>7} {'paths':>5}"
    yield f"  {heads}  {'for':<12} at, and mostly ended by"
    never = "not seen to end" if case.trace.starts_late else "never ended"
    for site in sites:
        mark = "!" if site.total_ns >= LONG_NS else " "
        times = (format_duration(each) for each in (site.mean_ns, site.longest_ns))
        columns = "{:>7} {:>7}".format(*times)
        total = format_duration(site.total_ns)
        ended = f"  <- {_place(site.wakers[0][0])}" if site.wakers else ""
        unended = f"  ({site.unended:,} {never})" if site.unended else ""
        yield (
            f"{mark} {total:>9} {site.waits:>6,} {columns} {site.paths:>5,}  {site.state.label:<12}"
            f" {_place(site.frame)}{ended}{unended}"
        )
        if site.total_ns >= LONG_NS and site.paths > 1:
            yield from _callers(site, case.trace, case.package)


def _callers(site: WaitSite, trace: Trace, package: str) -> Iterator[str]:
    """Yield who called a place that several paths lead to, the longest waits first."""
    called: dict[Frame, tuple[int, int]] = {}
    for each in site.stacks:
        frames = trace.table.stack(each.stack)
        beyond = frames[frames.index(site.frame) + 1 :] if site.frame in frames else ()
        caller = shown_frame(beyond, package) or Frame("", "", 0)
        total, waits = called.get(caller, (0, 0))
        called[caller] = total + each.total_ns, waits + each.waits
    largest = sorted(called.items(), key=lambda item: (-item[1][0], item[0]))
    for caller, (total, waits) in largest[:_CALLERS] if len(called) > 1 else ():
        who = _place(caller) if caller.function else "(the start of a goroutine)"
        yield f"{format_duration(total):>11} {waits:>6,} {'':>35} called by {who}"


def _place(frame: Frame) -> str:
    if not frame.function:
        return "(no stack)"
    return f"{frame.short_function} {frame.short_file}:{frame.line}"
