"""``heap-grows``: what collections leave of the heap keeps growing as the tests are repeated.

Looked at is what the last collection within each repetition of a run with -count found alive: the
heap as the trace has it right after. Which line made it is shown by the heap profiles that
``collect`` takes between repetitions, or by that of the end, where one line has at least half of
what grew. A series of heap profiles, as ``collect --pull`` takes them too, shows the lines by
itself, of whatever process that was.

Growth by warming up ends after a repetition or two; what every repetition adds is kept by something
that outlives the tests. So it is reported where at least five repetitions, or profiles, had a
collection each, and each quarter of them added its share, a megabyte in all, with hardly a fall; of
a line, by more than three deviations of a heap profile's sampling. Silent on growth that slows
down, on a heap that goes up and down, and where repetitions ended without a collection.

Example: a test that appends what it read to a variable of its package.
Counterexample: a cache that is full after the third repetition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.pprof import (
    GrowingSite,
    ProfileFrame,
    alive_by_line,
    growing_sites,
    grows_steadily,
)
from flakecore.timeline import Case, CaseProfile, Frame
from flakecore.timeline.lanes.heap_by_repetition import HeapLeft, heap_by_repetition
from flakecore.timeline.profiles.profile_series import is_pulled

_SAMPLES_LEAST = 9
"""Samples of one line on average: of fewer the estimate is off by more than a third."""
_SITES = 3
"""Lines of a series that are reported, those that grew most."""


def _find(question: Question) -> Iterator[Finding]:
    package = question.case.package
    heaps = question.heap() if question.heap is not None else ()
    pulled = [each for each in heaps if is_pulled(each)]
    own = [each for each in heaps if not is_pulled(each)]
    sites = growing_sites([each.profile for each in own], package, of_repetitions=True)
    repeated = _by_repetition(question.case, own, sites)
    if repeated is not None:
        yield repeated
        reported = {(place.file, place.line) for place in repeated.places}
        sites = tuple(each for each in sites if (each.where.file, each.where.line) not in reported)
    for site in sites[:_SITES]:
        yield _by_profile(site, own)
    for site in growing_sites([each.profile for each in pulled], package)[:_SITES]:
        yield _by_profile(site, pulled)


def _by_repetition(
    case: Case, heaps: Sequence[CaseProfile], sites: Sequence[GrowingSite]
) -> Finding | None:
    alive = _alive_by_repetition(case)
    sizes = [size for _, size, _ in alive]
    if not grows_steadily(sizes, [number for number, _, _ in alive]):
        return None
    grown = sizes[-1] - sizes[0]
    step = grown // (len(sizes) - 1)
    first, last = alive[0], alive[-1]
    after = f"{_size(first[1])} after the {_nth(first[0])}, {_size(last[1])} after the"
    after = f"{after} {_nth(last[0])}"
    words = f"The heap that collections leave keeps growing: {after}"
    kept = _largest_site(heaps, case.package, sites, grown)
    claims = [words]
    places: tuple[Place, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    if kept is not None:
        where, size = kept
        at = f"{where.short_file}:{where.line}"
        claims = [
            f"{words}, {_size(size)} of it made at {at}",
            f"The heap keeps growing: {after}; {_size(size)} from {at}",
            words,
        ]
        places = (_place(where),)
        evidence = (
            Evidence(
                f"{_size(size)} alive at the end were made in {where.short_function} {at}, by the"
                " samples of the heap profile",
                None,
                0,
            ),
        )
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(*claims),
        certainty=Certainty.SEEN,
        weight=Weight.CIRCUMSTANCE,
        places=places,
        evidence=(
            *(
                Evidence(f"{_size(size)} alive in repetition {number}", moment_ns, 0)
                for number, size, moment_ns in (alive[0], alive[len(alive) // 2], alive[-1])
            ),
            *evidence,
        ),
        next=f"about {_size(step)} each time stay reachable: flaketui profile BUNDLE --kind mem"
        " --sample_index inuse_space tells what is kept and who made it",
    )


def _largest_site(
    heaps: Sequence[CaseProfile], package: str, sites: Sequence[GrowingSite], grown: int
) -> tuple[Frame, int] | None:
    """Return the line that made at least half of what grew, and how much of it is alive.

    Of lines that are seen to grow it is the one that does most, else the one that has most alive.
    """
    if not heaps:
        return None
    profile = heaps[-1].profile
    alive = alive_by_line(profile, package)
    where = sites[0].where if sites else next(iter(alive), None)
    size = alive.get(where, 0) if where is not None else 0
    if where is None or 2 * size < grown or size < _SAMPLES_LEAST * profile.period:
        return None
    return _frame(where), size


def _by_profile(site: GrowingSite, series: Sequence[CaseProfile]) -> Finding:
    where = _frame(site.where)
    at = f"{where.short_file}:{where.line}"
    steps = len(site.sizes) - 1
    grown = f"{_size(site.sizes[0])} in the first of {len(series):,}, {_size(site.sizes[-1])}"
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(
            f"What {where.short_function} {at} made and is alive keeps growing from heap profile to"
            f" heap profile: {grown} in the last",
            f"What is alive of {at} keeps growing: {grown} in the last heap profile",
        ),
        certainty=Certainty.SEEN,
        weight=Weight.CIRCUMSTANCE,
        places=(_place(where),),
        evidence=(
            Evidence(
                f"{', '.join(map(_size, site.sizes))}: each after another collection, estimated by"
                " the profiles' samples",
                None,
                0,
            ),
        ),
        next=f"about {_size(site.growth // steps)} stay reachable each time: flaketui profile"
        " BUNDLE --kind mem series lists them, --number N --less M tells what two differ by",
    )


def _frame(where: ProfileFrame) -> Frame:
    return Frame(where.function, where.file, where.line)


def _place(where: Frame) -> Place:
    return Place(Role.RUNS, 0, where.function, where.file, where.line)


def _alive_by_repetition(case: Case) -> list[HeapLeft]:
    """Return the repetitions in which a collection ended, with what it left."""
    if case.trace is None or case.gc is None:
        return []
    found = heap_by_repetition(case.tests, case.trace, case.gc)
    return [each for each in found if each.size >= 0]


def _nth(number: int) -> str:
    last = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{last}"


def _size(count: int) -> str:
    return f"{count / (1 << 20):.1f} MB"


RULE = Rule("heap-grows", Needs.PASSED, _find)
