"""Whether a run of an experiment failed as the failure did that it is about.

Who holds a program up long enough makes any test fail that has a deadline. So a run counts for an
explanation only where the test prints what it printed when it failed, numbers and times left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flakecore.comparison.divergence.steps import reports
from flakecore.comparison.signature import without_varying
from flakecore.timeline import Case, Failure, FailureKind


def fails_alike(case: Case, failure: Failure) -> Callable[[Sequence[str]], bool]:
    """Return a test of the output of a failed test: whether it failed as this one did.

    Of what is no assertion, and of a message that the output does not have in these words, as where
    an assertion library laid it out, every failure counts.

    Args:
        case: the case of the failure.
        failure: the failure of a test.
    """
    message = without_varying(failure.message)

    def is_alike(lines: Sequence[str]) -> bool:
        return any(reports(without_varying(line), (message,)) for line in lines)

    own = [case.output[index].text for index in case.output.of_test(failure.test)]
    if failure.kind is not FailureKind.ASSERTION or not message or not is_alike(own):
        return lambda _: True
    return is_alike
