"""A log says the same in whatever it is wrapped, also in two wrappings at once."""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Callable, Sequence

import pytest

from flakecore.gotest import OUTSIDE, PackageRun, TestLog, read_json, read_text
from flakecore.gotest.streams.wrappings.unwrap import find_wrappings
from gotest.go_runs import go_plain, go_test
from toolchains import NEWEST

Wrap = Callable[[str], str]
Answer = list[tuple[object, ...]]
_LOGS: dict[str, tuple[tuple[str, ...], str]] = {
    "verbose": (("outcomes", "-v", "-count=1", "-run=Fails|Skips|Sub|Para|Pass"), "."),
    "quiet": (("outcomes", "-count=1", "-run=Fails|Skips|Sub|Para|Pass"), "."),
    "panic": (("crashes", "-v", "-count=1", "-run=^TestPanicInTest$"), "."),
    "timeout": (("crashes", "-v", "-count=1", "-run=^TestHangs$", "-timeout=1s"), "."),
    "race": (("races", "-v", "-count=1", "-race"), "."),
    "build failure": (("several", "-count=1"), "./..."),
}


def each_line(prefix: Callable[[int], str], *, trimmed: bool = False) -> Wrap:
    """Return how a text is changed whose every line gets a prefix."""

    def wrap(text: str) -> str:
        lines = [f"{prefix(at)}{line}" for at, line in enumerate(text.split("\n")[:-1])]
        return "".join(f"{line.rstrip() if trimmed else line}\n" for line in lines)

    return wrap


def clock(at: int) -> str:
    return f"{19 + at // 3600 % 5:02d}:{at // 60 % 60:02d}:{at % 60:02d}"


def as_docker_json(text: str) -> str:
    records = (
        {"log": line + "\n", "stream": "stdout", "time": f"2026-03-01T{clock(at)}.123456789Z"}
        for at, line in enumerate(text.split("\n")[:-1])
    )
    return "".join(json.dumps(record) + "\n" for record in records)


def with_links(text: str) -> str:
    """As a page does that takes numbers of two digits for those of lines it can link to."""
    link = r"[\1](https://ci.example/acme/pond/actions/runs/1#step:6:\1)"
    return re.sub(r"(?<=\.go:)(\d\d)(?=\D)", link, text)


def as_exported_json(text: str) -> str:
    records = (
        {
            "insertId": f"x{at}",
            "jsonPayload": {"message": line},
            "timestamp": "2026-03-01T10:00:00Z",
        }
        for at, line in enumerate(text.split("\n")[:-1])
    )
    return "".join(json.dumps(record) + "\n" for record in records)


def with_numbers_above(text: str) -> str:
    """As a page is copied that has a column of the lines' numbers."""
    lines = text.split("\n")[:-1]
    return "".join(f"{at}\n{line}\n" for at, line in enumerate(lines, 1))


def as_csv(text: str) -> str:
    return "".join(
        f'2026-03-01T{clock(at)}.5Z,node-7,"{line.replace(chr(34), chr(34) * 2)}"\n'
        for at, line in enumerate(text.split("\n")[:-1])
    )


def in_one_cell(text: str) -> str:
    return f'17,"{text.replace(chr(34), chr(34) * 2)}"\n'


def with_spans(text: str) -> str:
    """As a page is saved whose lines have elements of their own."""
    lines = (html.escape(line) for line in text.split("\n")[:-1])
    body = "".join(f'<span class="line">{line}</span>\n' for line in lines)
    return f"<html><body><pre>{body}</pre></body></html>\n"


PREFIXES: dict[str, Wrap] = {
    "TeamCity": each_line(lambda at: f"[{clock(at)}][Step 1/2] "),
    "TeamCity with a letter": each_line(lambda at: f"[{clock(at)}]W:\t [Step 3/4] "),
    "Cloud Build": each_line(lambda _: 'Step #8 - "test": ', trimmed=True),
    "docker compose": each_line(lambda _: "api-1  | ", trimmed=True),
    "docker compose in colours": each_line(lambda _: "\x1b[36mapi-1  |\x1b[0m "),
    "kubectl --prefix": each_line(lambda _: "[pod/api-7d9c5b6f4-x2x8q/go] "),
    "syslog": each_line(lambda at: f"Mar  1 {clock(at)} node7 api[{400 + at}]: "),
    "klog": each_line(lambda at: f"I0301 {clock(at)}.{at:06d}   12345 run.go:{40 + at % 9}] "),
    "levels": each_line(lambda at: f"{('INFO', 'WARN', 'ERROR')[at % 3]} [{clock(at)}] go: "),
    "Buildkite": each_line(lambda at: f"[2026-03-01T{clock(at)}Z] "),
    "Azure": each_line(lambda at: f"2026-03-01T{clock(at)}.1234567Z "),
    "GitHub": each_line(lambda at: f"2026-03-01T{clock(at)}.1234567Z ", trimmed=True),
    "Jenkins": each_line(lambda at: f"{clock(at)}  "),
    "Prow": each_line(lambda at: f'time="2026-03-01T{clock(at)}Z" level=info '),
    "line numbers": each_line(lambda at: f"{at + 1:6d}  "),
    "a tab and the time": each_line(lambda at: f"\t [{clock(at)}] "),
    "a diff": each_line(lambda _: "+"),
    "step, line and seconds": each_line(lambda at: f"[unit:L{at}:{at // 7}s] "),
    "Go's own logger": each_line(lambda at: f"2026/03/01 {clock(at)} "),
}
OTHERS: dict[str, Wrap] = {
    "quoted": each_line(lambda _: "> ", trimmed=True),
    "quoted twice": each_line(lambda _: "> > "),
    "indented": each_line(lambda _: "    "),
    "indented by a tab": each_line(lambda _: "\t"),
    "fenced": lambda text: f"```\n{text}```\n",
    "escaped": html.escape,
    "linked": with_links,
    "doubled": lambda text: text.replace("\n", "\n\n"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "blanks at the ends": lambda text: text.replace("\n", "  \n"),
    "blanks for tabs": lambda text: text.expandtabs(8),
    "empty lines above": lambda text: f"\n\n{text}",
    "fenced within its lines": lambda text: f"```{text.rstrip()}```\n",
    "in tags within its lines": lambda text: (
        f"<pre><code>{html.escape(text.rstrip())}</code></pre>\n"
    ),
    "numbers above": with_numbers_above,
    "Docker's JSON": as_docker_json,
    "exported JSON": as_exported_json,
    "a string of JSON": lambda text: f"{json.dumps(text)}\n",
    "a string in JSON": lambda text: f"{json.dumps({'log': text}, indent=2)}\n",
    "CSV": as_csv,
    "a cell of CSV": in_one_cell,
    "numbered": each_line(lambda at: f"{at + 1}\t"),
    "numbered as editors do": each_line(lambda at: f"{at + 1:4d} | "),
    "no-break spaces": lambda text: text.expandtabs(4).replace("  ", "\xa0 "),
    "elements of HTML": with_spans,
}
WRAPS = PREFIXES | OTHERS
ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def answer(log: TestLog) -> Answer:
    """Return what a log says, without what a wrapping may change and nobody minds."""
    return [
        (
            run.package,
            run.status,
            [(test.name, test.outcome, test.elapsed_ns) for test in run.tests],
            [(each.kind, each.message.split(), len(each.goroutines)) for each in run.crashes],
            [[access.frames for access in each.accesses] for each in run.races],
            [text.split() for text in run.build_output],
            _said(run),
        )
        for run in log.packages
        if run.package or run.tests
    ]


def _said(run: PackageRun) -> list[tuple[str, list[str]]]:
    return [
        (run.tests[line.test].name if line.test >= 0 else "", line.text.split())
        for line in run.lines
        if line.text.strip() and line.output_type != OUTSIDE
    ]


def read(text: str) -> Answer:
    return answer(read_text(text.encode(), name="test.log"))


def log_of(kind: str) -> str:
    """Return the real log of a kind."""
    arguments, packages = _LOGS[kind]
    return go_plain(NEWEST, *arguments, packages=packages).decode()


@pytest.fixture(params=_LOGS)
def log(request: pytest.FixtureRequest) -> str:
    """A real log of each kind."""
    return log_of(request.param)


@pytest.mark.slow
def test_a_log_in_any_wrapping_says_what_it_says_without(log: str) -> None:
    bare = read(log)
    assert {name: read(wrap(log)) == bare for name, wrap in WRAPS.items()} == dict.fromkeys(
        WRAPS, True
    )


_NOBODY_PASTES = {("escaped", "quoted"), ("in tags within its lines", "escaped")}


_FILES = ("a string of JSON", "a string in JSON", "a cell of CSV", "elements of HTML")
"""How a whole file is made; nobody puts something before each of its lines."""


def pairs() -> Sequence[tuple[str, str]]:
    """Each wrapping with some other around it, and each prefix in all that is no prefix."""
    some = ("GitHub", "docker compose", "TeamCity", "quoted", "indented", "CRLF", "escaped")
    return [
        (inner, outer)
        for inner, outer in itertools.product(WRAPS, some)
        if inner != outer and (inner, outer) not in _NOBODY_PASTES
        if inner not in _FILES or outer in ("CRLF", "escaped")
    ]


@pytest.mark.slow
def test_two_wrappings_at_once_are_both_taken_off(log: str) -> None:
    bare = read(log)
    wrong = [
        (inner, outer) for inner, outer in pairs() if read(WRAPS[outer](WRAPS[inner](log))) != bare
    ]
    assert wrong == []


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_log_in_any_encoding_says_the_same(log: str, encoding: str) -> None:
    data = log.replace("\n", "\r\n").encode(encoding)
    assert answer(read_text(data, name="test.log")) == read(log)


def test_lines_ended_by_carriage_returns_alone_are_lines(log: str) -> None:
    assert read(log.replace("\n", "\r")) == read(log)


def test_events_in_any_wrapping_say_what_they_say_without() -> None:
    data = go_test(NEWEST, "outcomes", "-count=1", "-run=Fails|Skips|Sub|Para|Pass").decode()
    bare = answer(read_json(data.encode(), name="test.json"))
    names = [*PREFIXES, "quoted", "indented", "fenced", "CRLF", "escaped", "Docker's JSON"]
    wrong = [
        name
        for name in names
        if answer(read_json(WRAPS[name](data).encode(), name="test.json")) != bare
    ]
    assert wrong == []


def test_times_in_a_prefix_are_the_times_of_the_lines(log: str) -> None:
    for name in ("TeamCity", "syslog", "klog", "Buildkite", "a tab and the time"):
        wrapped = read_text(PREFIXES[name](log).encode(), name="test.log")
        for run in wrapped.packages:
            if run.package:
                walls = run.lines.walls.tolist()
                assert walls == sorted(walls)
                # A result behind text without a newline has the time of that text.
                assert (walls[-1] - walls[0]) // 10**9 == len(set(walls)) - 1


@pytest.mark.parametrize(
    "line",
    [
        "    x_test.go:9: [12:00:01][Step 1/2] --- FAIL: TestOther (0.00s)",
        "api-1  | ready",
        "> 12 results",
        "&lt;p&gt;Tom &amp; Jerry&lt;/p&gt;",
        "[25](https://example.com/25)",
        "```",
        '{"log":"started","time":"2026-03-01T10:00:00Z"}',
        "2026/03/01 10:00:00 ready",
        '17,"ready",3',
        '"a\\nb\\n"',
        '"answer": "--- FAIL: TestOther (0.00s)\\nFAIL\\n",',
        "1 ready",
        "<b>ready</b>",
        "[job] ready",
        "a\xa0b",
    ],
)
def test_what_a_test_prints_is_left_as_it_is(line: str) -> None:
    text = (
        f"=== RUN   TestA\n{line}\n{line}\n--- PASS: TestA (0.00s)\n"
        "=== RUN   TestB\n--- PASS: TestB (0.00s)\nPASS\nok  \texample.com/a\t0.01s\n"
    )
    (run,) = read_text(text.encode(), name="test.log").packages
    assert [each.text for each in run.lines][1:3] == [line] * 2


BUILT = """\
#98 55.71 --- FAIL: TestA (0.17s)
#98 55.71 goroutine 51 [running]:
#98 55.72 main.f()
#98 55.73 /src/a.go:9 +0x1"""


def test_a_number_that_changes_only_behind_the_last_landmark_is_of_the_prefix() -> None:
    rows = find_wrappings(BUILT.encode()).rows(BUILT.split("\n"))
    assert [text for _, text in rows if text] == [
        "--- FAIL: TestA (0.17s)",
        "goroutine 51 [running]:",
        "main.f()",
        "\t/src/a.go:9 +0x1",
    ]


def test_one_blank_before_each_line_is_indentation_whatever_titles_say() -> None:
    text = (
        " ===================== TEST FAILED =====================\n"
        " panic: runtime error: index out of range\n"
        " [signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x10f6b14]\n"
        " FAIL\texample.com/a\t0.2s"
    )
    lines = [text for _, text in find_wrappings(text.encode()).rows(text.split("\n"))]
    assert lines[1] == "panic: runtime error: index out of range"
    assert lines[3] == "FAIL\texample.com/a\t0.2s"


def test_what_a_test_says_of_another_process_keeps_its_indentation() -> None:
    text = (
        "    crane_test.go:75: the child said:\n"
        "        SIGSEGV: segmentation violation\n\n"
        "        goroutine 1 [syscall]:\n        main.lift()\n"
    )
    assert find_wrappings(text.encode()).wrappings == ()
