"""``env``, of a refused connection: the server of the test's own that did not listen yet.

Reports a failure whose message ends in ``connection refused`` behind the address that was
dialled, where the trace has one goroutine of the test at work then, which was started in a way that
leads to a call which listens (``net.Listen``, ``ListenAndServe``). It is inferred from the source,
which may listen elsewhere. Silent where nobody was on the way to listen, where several were, on
what was wanted rather than met, and without a trace or the source.

Example: ``go serve(":9000"); conn, err := net.Dial("tcp", ":9000")``.
Counterexample: the same address, and no server in the test; one that has stopped listening.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flakecore.diagnosis.failing.failing_source import FailingSource
from flakecore.diagnosis.findings import Certainty, Evidence, Finding, Role
from flakecore.diagnosis.goroutine_states import StackFrame
from flakecore.diagnosis.rules.rule import Needs, Question, Rule
from flakecore.diagnosis.rules.timers.at_work import AtWork, at_work
from flakecore.diagnosis.rules.wording import first_that_fits
from flakecore.diagnosis.source.go_parser import Node, line_of, text_of

_REFUSED = re.compile(
    r"dial (?:tcp|udp|unix)[46]? (\S{1,200}): connect: connection refused[.\"')\]]{0,3}\s*$",
    re.MULTILINE,
)
_WANTED = re.compile(r"\b(?:want|wanted|wants|expect|expected|expects|should)\b", re.IGNORECASE)
_LISTENS = ("net.Listen", "net.ListenTCP", "net.ListenUnix", "net/http.ListenAndServe")
_METHODS = ("ListenAndServe", "ListenAndServeTLS", "Listen")


def _find(question: Question) -> Iterator[Finding]:
    failure = question.failure
    failing = question.failing
    if failure is None or failing is None or _WANTED.search(failure.message):
        return
    refused = _REFUSED.search(failure.message)
    others = at_work(question, failure.at_ns, (failing.goroutine,)) if refused else []
    listens = list(_listening(failing)) if others else []
    servers = [each for each in others if _leads_to(failing, each, listens)]
    if refused is None or len(servers) != 1:
        return
    (server,) = servers
    file, call = listens[0]
    address, at = refused[1], f"{file}:{line_of(call)}"
    dials = f"{failure.test_name} dials {address} before {server.name} listens"
    where = f" ({at})" if len(listens) == 1 else ""
    was = f"{server.name} was still {server.doing}{server.where}"
    yield Finding(
        rule="env",
        claim=first_that_fits(
            f"{dials}{where}: it was still {server.doing}{server.where}",
            f"{dials}{where}",
            dials,
            f"The test dials before {server.name} listens",
        ),
        certainty=Certainty.INFERRED,
        test=failure.test,
        places=(
            failing.fails_at(),
            server.place,
            *(failing.place(Role.RUNS, each, name) for name, each in listens[:1]),
        ),
        evidence=(
            failing.evidence(f"{address} refused the connection"),
            Evidence(was, server.now.start_ns, server.goroutine.id),
            Evidence(f"{server.name} was started to come to what listens, at {at}", None, 0),
        ),
        next="listen in the test, hand the listener over, and dial its address",
        explains=frozenset((failing.goroutine, server.goroutine.id)),
    )


def _listening(failing: FailingSource) -> Iterator[tuple[str, Node]]:
    """Yield the calls of a package that listen, with the names of their files."""
    for name, file in failing.package.files.items():
        for call in file.calls_of:
            called = call.child_by_field_name("function")
            function = file.library_function(call)
            is_method = not function and called.type == "selector_expression"
            method = text_of(called.child_by_field_name("field")) if is_method else ""
            if function in _LISTENS or method in _METHODS:
                yield name, call


def _leads_to(failing: FailingSource, other: AtWork, listens: list[tuple[str, Node]]) -> bool:
    """Return whether a goroutine was started in a way that leads to one of some calls."""
    package = failing.package
    around = ((file, package.files[file].function_at(line_of(call))) for file, call in listens)
    ends = [(file, function) for file, function in around if function is not None]
    made = other.goroutine.creation_stack
    if not made or not ends:
        return False
    stands = package.function_of(StackFrame(made[0].function, made[0].file, made[0].line))
    if stands is None:
        return False
    return bool(package.calls.starts(stands[0], made[0].line) & package.calls.leading_to(ends))


RULE = Rule("dialled-early", Needs.TRACE | Needs.FAILURE, _find, ids=("env",))
