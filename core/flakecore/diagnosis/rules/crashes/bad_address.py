"""``panic-cause`` of memory: an address that is not there, and pointers that unsafe made wrong.

Reports the fatal error ``fault`` by what the operating system states of the address (``si_code``
of sigaction(2): Linux and the BSDs number those of SIGSEGV alike), and what ``checkptr`` finds,
which ``-race`` turns on (``src/runtime/checkptr.go``). It names the line, and no further reason:
what unmapped the memory leaves no trace. Silent on nil pointers, which are panics.

Example: a slice of a mapped file is read when the file has been unmapped.
Counterexample: the file is unmapped when all readers have ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.crash_site import crash_site
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role, Weight
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.timeline import Failure, FailureKind

_SIGNAL = re.compile(r"^\[signal (SIG\w{2,8}): .{0,80}code=(0x\d) addr=(0x[0-9a-f]{1,16}) ")
"""What the runtime prints of a fault (``src/runtime/signal_unix.go``, sighandler)."""
_WITHIN = 8
"""Lines from the crash's first one among which it stands."""
_MEANINGS = {
    ("SIGSEGV", "0x1"): "where no memory is mapped",
    ("SIGSEGV", "0x2"): "in memory that may not be used so",
    ("SIGBUS", "0x2"): "behind the end of what is mapped there, such as a file that was cut",
}
"""SEGV_MAPERR, SEGV_ACCERR and BUS_ADRERR."""
_CHECKPTR = "checkptr: "


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    if failure is None or failure.kind is not FailureKind.FATAL:
        return
    message = failure.message.partition("\n")[0].strip()
    site = crash_site(question.case, failure)
    if site is None or not (message == "fault" or message.startswith(_CHECKPTR)):
        return
    if message.startswith(_CHECKPTR):
        reason, fact = message.removeprefix(_CHECKPTR), f"fatal error: {message}"
        claims = [
            f"{site.who} breaks a rule of unsafe.Pointer{site.at}: {reason}",
            f"{site.who} breaks a rule of unsafe.Pointer ({site.own.place}): {reason}",
        ]
        next_step = "the rules stand in: go doc unsafe.Pointer"
    else:
        signal = _signal(question, failure)
        where = _MEANINGS.get((signal[1], signal[2])) if signal is not None else None
        if signal is None or where is None:
            return
        fact = f"{signal[1]} at the address {signal[3]}"
        claims = [
            f"{site.who} reads or writes{site.at} {where}",
            f"{site.who} reads or writes ({site.own.place}) {where}",
        ]
        next_step = "look for what unmaps or cuts it while it is in use"
    yield Finding(
        rule="panic-cause",
        claim=first_that_fits(*claims),
        certainty=Certainty.SEEN,
        weight=Weight.EFFECT,
        test=failure.test,
        places=site.places(Role.PANICS),
        evidence=(Evidence(fact, None, site.goroutine),),
        next=next_step,
        explains=frozenset((site.goroutine,)),
    )


def _signal(question: Question, failure: Failure) -> re.Match[str] | None:
    """Return the line that states of the fault what it was."""
    output, first = question.case.output, failure.output_line
    if first < 0:
        return None
    lines = (output[at].text for at in range(first, min(first + _WITHIN, len(output))))
    return next((found for text in lines if (found := _SIGNAL.match(text))), None)


RULE = Rule("bad-address", Needs.FAILURE, _find, ids=("panic-cause",))
