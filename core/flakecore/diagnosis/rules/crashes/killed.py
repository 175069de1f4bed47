"""``killed``: a test binary that a signal or the CI job's end took down, and want of memory.

Reported where go prints ``signal: killed`` or the like of the process, or the runtime that it is
out of memory; where a CI system's own words end the log while a test runs; and of exit statuses
above 128, by which shells show a signal, as an inference. That memory was the reason is inferred
where the manifest counts processes that the kernel killed for want of it in the control group
meanwhile. Silent on signals that Go itself sends: SIGQUIT at the end of its patience is a timeout.

Example: a test that allocates more than its container may have.
Counterexample: a process that ends with ``exit status 1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.timeline import Failure, FailureKind
from flakecore.timeline.failures.ci_endings import ENDED_BY_CI
from flakecore.times import format_duration

_SIGNAL = re.compile(r"signal: ([a-z][a-z ]{1,40})\Z")
_STATUS = re.compile(r"exit status (\d{3})\b")
_SIGNALS = {"130": (2, "SIGINT"), "137": (9, "SIGKILL"), "143": (15, "SIGTERM")}
"""Signals by the exit status that a shell makes of them (POSIX, Shell Command Language)."""
_LIMIT = re.compile(r"maximum (?:execution )?time of (\d{1,6} \w{1,10})")
_LAST_LINES = 6
"""Lines at the end of a package's output among which go prints how the process ended."""
_NO_MEMORY = "runtime: out of memory"


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind not in (FailureKind.EXIT, FailureKind.FATAL):
        return
    running = f" while {failure.test_name} ran" if failure.test >= 0 else ""
    if failure.kind is FailureKind.FATAL:
        if _NO_MEMORY in failure.message:
            what = f"The runtime got no more memory{running}"
            yield _finding(question, (what,), Certainty.SEEN, failure.message.partition("\n")[0])
        return
    if failure.message.startswith(ENDED_BY_CI):
        yield _by_ci(question, failure)
        return
    ending = _ended_by(question)
    status = _STATUS.search(failure.message)
    if ending is None and status is not None and status[1] in _SIGNALS:
        number, name = _SIGNALS[status[1]]
        claim = f"Exit status {status[1]}{running}: what a shell tells of {name} (128 + {number})"
        yield _finding(question, (claim,), Certainty.INFERRED, status[0])
        return
    if ending is None:
        return
    killed = question.manifest.host.oom_kills if question.manifest is not None else -1
    if ending[1] == "killed" and killed > 0 and question.manifest is not None:
        limit = question.manifest.host.cgroup_memory_bytes
        of = f" of {limit / (1 << 20):,.0f} MiB" if limit > 0 else ""
        why = f"the kernel killed {killed} process{'' if killed == 1 else 'es'} for want of memory"
        claims = (f"Killed{running}: {why}{of}", f"Killed{running} for want of memory")
        yield _finding(
            question, claims, Certainty.INFERRED, f"signal: {ending[1]}; {why} meanwhile"
        )
    else:
        claim = f"The process was ended by a signal{running}: {ending[1]}"
        yield _finding(question, (claim,), Certainty.SEEN, f"signal: {ending[1]}")


def _by_ci(question: Question, failure: Failure) -> Finding:
    """Return that a CI system ended the job, and how long the test had run."""
    ending = failure.message.removeprefix(ENDED_BY_CI)
    test = question.case.tests[failure.test]
    took = format_duration(failure.at_ns - test.start_ns) if test.timed else ""
    ran = f"{failure.test_name} ran"
    limit = _LIMIT.search(ending)
    since = f"{ran}{f', {took} after that began' if took else ''}"
    claims = (
        f"CI ended the job while {since}: {ending}",
        f"CI ended the job while {since}{f': over its limit of {limit[1]}' if limit else ''}",
        f"CI ended the job while {ran}: {ending}",
        f"CI ended the job while {ran}",
    )
    return _finding(question, claims, Certainty.SEEN, ending)


def _ended_by(question: Question) -> re.Match[str] | None:
    """Return the line in which go prints what signal ended the process; None for none."""
    output = question.case.output
    lines = (output[at].text for at in range(max(0, len(output) - _LAST_LINES), len(output)))
    return next((found for line in lines if (found := _SIGNAL.match(line))), None)


def _finding(
    question: Question, claims: tuple[str, ...], certainty: Certainty, fact: str
) -> Finding:
    assert question.failure is not None
    return Finding(
        rule=RULE.id,
        claim=first_that_fits(*claims),
        certainty=certainty,
        test=question.failure.test,
        evidence=(Evidence(fact, None, 0),),
    )


RULE = Rule("killed", Needs.FAILURE, _find)
