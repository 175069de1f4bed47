"""``alloc-share``: one line of code allocates more than half of all bytes.

Looked at is the heap profile that the run ended with: what each line allocated from the start of
the process on, itself or through the standard library and the runtime. What only these, package
testing or the probe of ``collect`` allocate is nobody's line, and counts in the whole.

Reported above 50 %, by more than what chance may add: a heap profile is sampled, one allocation of
each ``period`` bytes on average, and of n samples a share of a half is off by 1 / (2 √n). Silent
where 16 MB or less were allocated in all, for which no collector has to run more than a few times,
and on fewer than 64 samples.

Example: a test that makes a buffer anew for each of a thousand requests.
Counterexample: lines that allocate as much as each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.pprof import HALF, allocation_share
from flakecore.timeline import Frame


def _find(question: Question) -> Iterator[Finding]:
    heaps = question.heap() if question.heap is not None else ()
    found = allocation_share(heaps[-1].profile, question.case.package) if heaps else None
    if found is None:
        return
    place, size, total = found
    where = Frame(place.function, place.file, place.line)
    yield Finding(
        rule=RULE.id,
        claim=f"{where.short_function} {where.short_file}:{where.line} allocates"
        f" {100 * size // total}% of all bytes (more than {HALF:.0%})",
        certainty=Certainty.SEEN,
        weight=Weight.CIRCUMSTANCE,
        places=(Place(Role.RUNS, 0, where.function, where.file, where.line),),
        evidence=(
            Evidence(
                f"{size / 1e6:.1f} of {total / 1e6:.1f} MB in the heap profile, by its samples",
                None,
                0,
            ),
        ),
        next=f"flaketui profile BUNDLE --kind mem peek {where.short_function.rpartition('.')[2]}"
        " tells on behalf of whom",
    )


RULE = Rule("alloc-share", Needs.PASSED, _find)
