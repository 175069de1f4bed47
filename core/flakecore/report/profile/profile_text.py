"""A profile as text: rows of functions, their callers and callees, and lines of source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from flakecore.errors import ProfileError
from flakecore.pprof import (
    CallTotals,
    Granularity,
    Nodes,
    NodeTotals,
    call_totals,
    grand_total,
    node_totals,
    nodes_by,
)
from flakecore.report.hotspots import format_value
from flakecore.report.profile.allocation_site import allocation_site
from flakecore.report.profile.listing import (
    ChargedLine,
    SourceListing,
    charged_lines,
    listings,
)
from flakecore.report.profile.profile_request import ProfileRequest, ProfileShown
from flakecore.timeline.sources import Sources

_NODES = 80
"""Rows of a tree unless asked otherwise, as pprof has it."""
_FRACTION = 0.005
"""Share of all below which a row is left out unless asked otherwise, as pprof has it."""


def top_text(found: ProfileShown, request: ProfileRequest) -> str:
    """Return a row for each function, or what else is asked for, as ``pprof -top`` has them."""
    nodes, totals = node_rows(found, request.granularity)
    order = rows_shown(nodes, totals, request, "", most=0)
    lines = [*_heading(found, totals, order), _row("flat", "flat%", "sum%", "cum", "cum%")]
    total, running = _total(found), 0
    for node in order:
        flat, cumulative = int(totals.flat[node]), int(totals.cumulative[node])
        running += flat
        shares = (share(flat, total), share(running, total), share(cumulative, total))
        values = (_value(found, flat), _value(found, cumulative))
        lines.append(_row(values[0], shares[0], shares[1], values[1], shares[2], nodes.names[node]))
    site = allocation_site(found.whole)
    signals = (*([site] if site else []), *found.signals)
    return _joined([*lines, *(f"! {each}" for each in signals)])


def tree_text(found: ProfileShown, request: ProfileRequest, pattern: str = "") -> str:
    """Return each function with its callers above and its callees below it.

    Args:
        found: the profile.
        request: how rows are chosen.
        pattern: only functions that match it, all of them; "" for the largest.

    Raises:
        ProfileError: if no function matches, or the pattern is no regular expression.
    """
    nodes, totals = node_rows(found, request.granularity)
    calls = call_totals(found.profile.stacks, found.profile.stack_values(found.column), nodes)
    order = rows_shown(nodes, totals, request, pattern, most=_NODES)
    lines = _heading(found, totals, order)
    for node in order:
        lines += ["-" * 60, *_node_text(found, nodes, totals, calls, node)]
    return _joined(lines)


def list_text(found: ProfileShown, sources: Sequence[Sources], pattern: str) -> str:
    """Return the source of functions that match, with what each line is charged.

    Raises:
        ProfileError: if no function matches, or the pattern is no regular expression.
    """
    total = _total(found)
    lines = [f"Total: {_value(found, total)}"]
    wanted = _compiled(pattern).search
    for listing in listings(found.profile, found.column, wanted, sources):
        flat, cumulative = listing.flat, listing.cumulative
        lines.append(f"ROUTINE ======== {listing.function} in {listing.file or 'an unknown file'}")
        summed = f"{_value(found, flat):>10} {_value(found, cumulative):>10}"
        lines.append(f"{summed} (flat, cum) {share(cumulative, total).strip()} of Total")
        lines += _listed(found, listing)
    if len(lines) == 1:
        raise _no_match(pattern)
    return _joined(lines)


def listed_lines(
    found: ProfileShown, pattern: str
) -> list[tuple[str, str, tuple[ChargedLine, ...]]]:
    """Return function, file, and what each line is charged of each function that matches.

    Raises:
        ProfileError: if none does, or the pattern is no regular expression.
    """
    lines = charged_lines(found.profile, found.column, _compiled(pattern).search)
    if not lines:
        raise _no_match(pattern)
    return lines


def node_rows(found: ProfileShown, granularity: Granularity) -> tuple[Nodes, NodeTotals]:
    """Return what a profile's frames fall into, and what each adds up to."""
    stacks = found.profile.stacks
    nodes = nodes_by(stacks, granularity)
    return nodes, node_totals(stacks, found.profile.stack_values(found.column), nodes)


def rows_shown(
    nodes: Nodes, totals: NodeTotals, request: ProfileRequest, pattern: str, *, most: int
) -> list[int]:
    """Return the nodes to list, largest first.

    Args:
        nodes: of a profile's frames.
        totals: of the nodes.
        request: in which order, how many and how large at least.
        pattern: only those that match it, all of them; "" for the largest.
        most: how many where the request has none; 0 for all.

    Raises:
        ProfileError: if none matches, or the pattern is no regular expression.
    """
    order = totals.order(nodes.names, cumulative=request.cumulative)
    if pattern:
        return _matching(nodes, order, pattern)
    fraction = request.node_fraction if request.node_fraction >= 0 else _FRACTION
    least = abs(int(int(totals.flat.sum()) * fraction))
    order = [node for node in order if abs(int(totals.cumulative[node])) >= least]
    limit = request.nodes if request.nodes >= 0 else most
    return order[:limit] if limit else order


def share(value: int, total: int) -> str:
    """Return a value as a share of the total in percent, six characters wide."""
    ratio = abs(value / total) * 100 if total else 0.0
    if 99.95 <= ratio <= 100.05:
        return "  100%"
    return f"{ratio:5.2f}%" if ratio >= 1 else f"{ratio:5.2g}%"


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ProfileError(
            f"{pattern!r} is no regular expression ({error})",
            remedy="put a backslash before what is meant literally",
        ) from error


def _matching(nodes: Nodes, order: list[int], pattern: str) -> list[int]:
    wanted = _compiled(pattern)
    found = [node for node in order if wanted.search(nodes.names[node])]
    if not found:
        raise _no_match(pattern)
    return found


def _no_match(pattern: str) -> ProfileError:
    return ProfileError(f"no function matches {pattern!r}", remedy="top lists them")


def _heading(found: ProfileShown, totals: NodeTotals, order: list[int]) -> list[str]:
    total = _total(found)
    listed = int(totals.flat[order].sum()) if order else 0
    lines = [f"{found.name}: {found.measure} ({found.unit})"]
    lines.append(
        f"Showing {len(order):,} of {np.count_nonzero(totals.cumulative):,} rows, which account for"
        f" {_value(found, listed)}, {share(listed, total).strip()} of {_value(found, total)}"
    )
    return lines


def _node_text(
    found: ProfileShown, nodes: Nodes, totals: NodeTotals, calls: CallTotals, node: int
) -> Iterator[str]:
    total, cumulative = _total(found), int(totals.cumulative[node])
    flat = int(totals.flat[node])
    for call in calls.into(node):
        yield _call(found, nodes, calls, call, cumulative, int(calls.caller[call]))
    yield (
        f"{_value(found, flat):>10} {share(flat, total)} {_value(found, cumulative):>10}"
        f" {share(cumulative, total)}   {nodes.names[node]}"
    )
    for call in calls.out_of(node):
        yield _call(found, nodes, calls, call, cumulative, int(calls.callee[call]))


def _call(
    found: ProfileShown, nodes: Nodes, calls: CallTotals, call: int, of: int, other: int
) -> str:
    value = int(calls.value[call])
    inlined = " (inline)" if calls.inlined[call] else ""
    return f"{_value(found, value):>28} {share(value, of)} |   {nodes.names[other]}{inlined}"


def _listed(found: ProfileShown, listing: SourceListing) -> Iterator[str]:
    if not listing.texts:
        yield "  (its source is not at hand)"
    texts = listing.texts or ("",) * len(listing.lines)
    for (number, *charged), code in zip(listing.lines, texts, strict=True):
        values = (_value(found, each) if each else "." for each in charged)
        yield " ".join(f"{value:>10}" for value in values) + f" {number:>6}:{code}"


def _total(found: ProfileShown) -> int:
    return grand_total(found.whole, found.column)


def _value(found: ProfileShown, value: int) -> str:
    return format_value(value, found.unit)


def _row(*cells: str) -> str:
    flat, flat_share, sum_share, cumulative, share_of, *name = cells
    shares = f"{flat_share:>6} {sum_share:>6} {cumulative:>10} {share_of:>6}"
    return f"{flat:>10} {shares}  {''.join(name)}".rstrip()


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
