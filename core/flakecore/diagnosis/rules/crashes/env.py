"""``env``: something of the machine that a test did not get: a port, a file, the network, room.

Reported where a message of the failure, or of a build, ends in the text of a system error behind
the operation that met it (``open /x: no such file or directory``, ``listen tcp :80: bind: address
already in use``), as packages os and net write them; where a name is not resolved, a program not
found in ``$PATH``, or a time zone unknown. Silent where the line shows what was wanted rather than
what happened (``want``, ``expected``), for then the error may be the test's own subject.

Example: ``listen tcp 127.0.0.1:8080: bind: address already in use``.
Counterexample: ``got nil, want open /x: no such file or directory``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.timeline import FailureKind

_ERRORS = (
    *("address already in use", "no such file or directory", "permission denied"),
    *("too many open files", "no space left on device", "connection refused", "no such host"),
    *("cannot assign requested address", "read-only file system", "network is unreachable"),
    *("operation not permitted", "disk quota exceeded", "no route to host", "text file busy"),
    *("cannot allocate memory", "resource temporarily unavailable", "input/output error"),
    "Only one usage of each socket address (protocol/network address/port) is normally permitted",
    "The process cannot access the file because it is being used by another process",
    *("The system cannot find the file specified", "The system cannot find the path specified"),
    *("Access is denied", "There is not enough space on the disk", "No such host is known"),
    "No connection could be made because the target machine actively refused it",
)
"""Texts of system errors: those of Unix systems (package syscall), then those of Windows."""
_ERROR = re.compile(
    r"\b((?:open|create|mkdir|stat|lstat|chdir|read|write|unlink|remove|rename|symlink|fork/exec"
    r"|exec|listen (?:tcp|udp|unix)[46]?|dial (?:tcp|udp|unix)[46]?) [^:\n]{1,200}"
    rf"(?::[^\n]{{0,160}}?)?: (?P<error>{'|'.join(map(re.escape, _ERRORS))}))[.\"')\]]{{0,3}}\s*$"
)
_LOOKUP = re.compile(
    r"\b(lookup [\w.-]{1,253}(?: on [^\s,]{1,60})?: (?:no such host|server misbehaving"
    r"|Temporary failure in name resolution|i/o timeout))"
)
_PROGRAM = re.compile(r"\b(exec: \"[^\"\n]{1,200}\": executable file not found in \$PATH)")
_ZONE = re.compile(r"\b(unknown time zone \S{1,100})")
_ERROR_FORMS = (_ERROR, _LOOKUP, _PROGRAM, _ZONE)
_WANTED = re.compile(r"\b(?:want|wanted|wants|expect|expected|expects|should)\b", re.IGNORECASE)
_LINES = 40
"""Lines of a message that are looked at."""


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind not in (
        FailureKind.ASSERTION,
        FailureKind.PANIC,
        FailureKind.EXIT,
        FailureKind.BUILD,
    ):
        return
    lines = failure.message.splitlines()[:_LINES]
    if any(_WANTED.search(line) for line in lines):
        return
    for line in lines:
        end = line[-500:]
        found = next(filter(None, (each.search(end) for each in _ERROR_FORMS)), None)
        if found is None:
            continue
        place = f" ({failure.file.rpartition('/')[2]}:{failure.line})" if failure.file else ""
        yield Finding(
            rule=RULE.id,
            claim=first_that_fits(
                f"{failure.test_name or 'The build'} met a system error{place}: {found[1]}",
                f"System error{place}: {found[1]}",
                f"System error{place}: {found.groupdict().get('error', found[1])}",
            ),
            certainty=Certainty.SEEN,
            weight=Weight.EFFECT,
            test=failure.test,
            places=(Place(Role.FAILS, failure.goroutine, "", failure.file, failure.line),)
            if failure.file
            else (),
            evidence=(Evidence(line.strip()[:300], failure.at_ns, failure.goroutine),),
        )
        return


RULE = Rule("env", Needs.FAILURE, _find)
