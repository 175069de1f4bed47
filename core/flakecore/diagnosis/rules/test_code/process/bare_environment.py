"""``env``: what the environment of the run does not have: a home folder, room for a socket's path.

Reports a failure whose message states, as package os does, that ``$HOME`` or its kin is not
defined, and a Unix socket that cannot be bound for the length of its path: it has room for 107
bytes on Linux and 103 on macOS and the BSDs (``sun_path`` of ``unix(7)``), which a folder of
``t.TempDir`` with a long test name easily takes. All of it is in the message. Silent where the line
shows what was wanted rather than what happened, and where the test itself unsets the variable.

Example: ``listen unix /tmp/…/control.sock: bind: invalid argument`` of 150 bytes.
Counterexample: the same error with a path of 40 bytes; ``t.Setenv("HOME", "")``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Place, Role
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.timeline import Failure, FailureKind

_HOME = re.compile(
    r"(?:neither \$(XDG_\w{1,20}_HOME) nor )?(\$HOME|%userprofile%|%AppData%|%LocalAppData%)"
    r" (?:is not|are not|are) defined"
)
"""As ``os.UserHomeDir``, ``os.UserCacheDir`` and ``os.UserConfigDir`` write it."""
_SOCKET = re.compile(
    r"(?:listen|dial) unix(?:gram|packet)? ([^\n]{100,4000}?): (?:bind|connect): invalid argument"
)
_ROOM = 103
"""Bytes that a socket's path may have on any system: a longer one may fit Linux alone."""
_WANTED = re.compile(r"\b(?:want|wants|wanted|expect|expects|expected|should)\b", re.IGNORECASE)
_LOOKED_AT = 8_000


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind not in (FailureKind.ASSERTION, FailureKind.PANIC):
        return
    message = failure.message[:_LOOKED_AT]
    if _WANTED.search(message):
        return
    socket, home = _SOCKET.search(message), _HOME.search(message)
    place = f" ({failure.file.rpartition('/')[2]}:{failure.line})" if failure.file else ""
    who = failure.test_name or "The tests"
    if socket is not None and len(socket[1].encode()) > _ROOM:
        length = len(socket[1].encode())
        room = "a Unix socket's has room for 107 on Linux, 103 elsewhere"
        yield _finding(
            failure,
            first_that_fits(
                f"{who} binds a path of {length} bytes{place}; {room}",
                f"A socket's path of {length} bytes{place}; {room}",
            ),
            f"the path {socket[1][:100]}… has {length} bytes",
            "make the socket in a folder with a short name: os.MkdirTemp",
        )
    elif home is not None and not _is_unset(question, home[2].strip("$%")):
        named = f"{home[2]} or ${home[1]}" if home[1] else home[2]
        yield _finding(
            failure,
            first_that_fits(
                f"{who} needs {named}{place}, and the environment of the run has none",
                f"It needs {named}{place}, and the environment of the run has none",
            ),
            home[0],
            f"set {home[2]} where the tests run, or give the test a folder by t.Setenv",
        )


def _finding(failure: Failure, claim: str, fact: str, what_next: str) -> Finding:
    places = (Place(Role.FAILS, failure.goroutine, "", failure.file, failure.line),)
    return Finding(
        rule="env",
        claim=claim,
        certainty=Certainty.SEEN,
        test=failure.test,
        places=places if failure.file else (),
        evidence=(Evidence(fact, failure.at_ns, failure.goroutine),),
        next=what_next,
    )


def _is_unset(question: Question, variable: str) -> bool:
    """Return whether the function that failed names the variable, and so may set it itself."""
    failing = question.failing
    return failing is not None and f'"{variable}"' in text_of(failing.function)


RULE = Rule("bare-environment", Needs.FAILURE, _find, ids=("env",))
