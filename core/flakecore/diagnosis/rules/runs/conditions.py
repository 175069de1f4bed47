"""``flags``: a condition that all runs had in which a test failed, and no run in which it passed.

Speaks where the manifest has several attempts under different settings: GOMAXPROCS, ``-cpu``, runs
at once, busy processes beside them. It is an association, told with its counts, and a circumstance.
Silent where the failing runs differ among themselves in it, where a passing run had it too, and
where so few runs may be divided so by chance (p above 0.05, of all settings that vary).

Example: four runs with GOMAXPROCS=1 that failed, and four with 4 that passed.
Counterexample: the same, where one with 4 failed.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

from flakecore.bundle import Attempt, Settings
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits

_SIGNIFICANT = 0.05


def _find(question: Question) -> Iterator[Finding]:
    manifest, failure = question.manifest, question.failure
    if manifest is None or failure is None or failure.test < 0 or len(manifest.packages) != 1:
        return
    name = failure.test_name
    failed = [_shown(each) for each in manifest.attempts if _failed(each, name)]
    passed = [_shown(each) for each in manifest.attempts if each.exit_code == 0]
    if not failed or not passed:
        return
    runs = [*failed, *passed]
    vary = [key for key in failed[0] if len({run[key] for run in runs}) > 1]
    chance = min(1.0, len(vary) / comb(len(runs), len(failed)))
    for key in vary if chance <= _SIGNIFICANT else ():
        values = {run[key] for run in failed}
        if len(values) != 1 or values & {run[key] for run in passed}:
            continue
        (value,) = values
        counts = (
            f"in {len(failed)} of {len(failed)} runs with {value}, in 0 of {len(passed)} without"
        )
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                f"{name} failed {counts}; p = {chance:.2g}", f"It failed {counts}; p = {chance:.2g}"
            ),
            certainty=Certainty.ASSOCIATED,
            weight=Weight.CIRCUMSTANCE,
            test=failure.test,
            evidence=(Evidence(f"the manifest has {len(runs)} attempts: {counts}", None, 0),),
            next="collect --replay runs it again under the settings of the run that failed",
        )


def _failed(attempt: Attempt, test: str) -> bool:
    return any(each == test or each.endswith(f".{test}") for each in attempt.failed)


def _shown(attempt: Attempt) -> dict[str, str]:
    """Return the settings of an attempt for a person, by name."""
    settings: Settings = attempt.settings
    return {
        "gomaxprocs": f"GOMAXPROCS={settings.gomaxprocs}" if settings.gomaxprocs else "Go's choice",
        "cpu": f"-cpu {settings.cpu}" if settings.cpu else "no -cpu",
        "instances": f"{settings.instances} at once",
        "load": f"{settings.load} busy processes beside",
    }


RULE = Rule("flags", Needs.FAILURE, _find)
