"""``cached``: a package whose result go took from its cache, so that no test ran.

Reported where go's result line of a package that passed ends in ``(cached)``
(cmd/go/internal/test). Its output and times are those of an earlier run. Silent on everything else.

Example: a second ``go test ./...`` in which nothing has changed.
Counterexample: the same with ``-count=1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits

_CACHED = re.compile(r"ok\s+\S+\s+\(cached\)")
_LAST_LINES = 6
"""Lines at the end of a package's output among which go prints how it ended."""


def _find(question: Question) -> Iterator[Finding]:
    output = question.case.output
    for at in range(max(0, len(output) - _LAST_LINES), len(output)):
        text = output[at].text.strip()
        if _CACHED.match(text):
            yield Finding(
                rule=RULE.id,
                claim=first_that_fits(
                    f"{question.case.package} was not run: its result is an earlier one,"
                    " from go's cache",
                    "The package was not run: its result is an earlier one, from go's cache",
                ),
                certainty=Certainty.SEEN,
                weight=Weight.CIRCUMSTANCE,
                evidence=(Evidence(text, None, 0),),
                next="go test -count=1 runs it",
            )
            return


RULE = Rule("cached", Needs.PASSED, _find)
