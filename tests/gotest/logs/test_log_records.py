"""Lines of real loggers: slog of every release, testdata/loggers.log and testdata/klogs.log.

Those are runs of zap 1.23.0, zerolog 1.26.1, logrus 1.9.0 and go-kit/log 0.2.1, and of klog 2.80.1
and glog of 2016-01-26, which all log the same few things.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import Level, Record, read_record, read_text
from flakecore.gotest.logs.log_records import FORMS
from flakecore.text.printable import clean
from gotest.go_runs import package
from toolchains import RELEASES

DAY = 1795392000_000_000_000  # 2026-11-23


def logged(test: str, log: str = "loggers.log") -> list[Record]:
    """Return what one of a log's tests logged, each line of which is a record."""
    data = (Path(__file__).parents[1] / "testdata" / log).read_bytes()
    run = read_text(data, name=log).packages[0]
    index = next(i for i, each in enumerate(run.tests) if each.name == test)
    lines = [line for line in run.lines if line.test == index and line.output_type != "frame"]
    records = [line.record for line in lines if line.record is not None]
    assert len(records) == len(lines) > 0
    return records


def test_each_form_for_people_is_of_lines_that_its_logger_wrote() -> None:
    """slog's are those of each Go release, which is run for them."""
    folder = Path(__file__).parents[1] / "testdata"
    lines = [
        clean(line).removeprefix("    ")
        for log in folder.glob("*.log")
        for line in log.read_text(encoding="utf-8").split("\n")
    ]
    unseen = [form.__name__ for form in FORMS if not any(map(form, lines))]
    assert unseen == ["slog"]


def told(record: Record) -> tuple[str, str, dict[str, str]]:
    return record.level.name, record.message, dict(record.attributes)


LISTENING = ("INFO", "listening on port", {"port": "8080", "host": "a b"})
NO_ROUTE = 'dial "tcp": no route'


def test_zap_in_json_and_for_people() -> None:
    records = logged("TestZap")
    info, warn, error, iso, millis, nanos, rfc, cache, named, own = records
    assert told(info) == LISTENING
    assert info.source == "loggers/loggers_test.go:25"
    assert info.time_ns == DAY + 662_732_054_000
    assert told(warn) == ("WARN", "slow query", {"logger": "pool", "took": "1.5", "retry": "true"})
    assert dict(error.attributes).items() >= {"db.error": NO_ROUTE, "db.rows": "0"}.items()
    assert [record.time_ns for record in (iso, millis, nanos, rfc)] == [
        DAY + 662_732_000_000,
        DAY + 662_732_192_600,
        DAY + 662_732_203_522,
        DAY + 662_732_207_459,
    ]
    assert told(cache) == ("DEBUG", "cache miss", {"key": "user:7"})
    assert (cache.source, cache.time_ns) == ("loggers/loggers_test.go:34", DAY + 662_732_000_000)
    assert told(named) == ("WARN", "no attributes here", {"logger": "pool.db"})
    assert told(own) == ("INFO", "from a test's own logger", {"port": "8080"})


def test_zerolog_in_json_and_for_people() -> None:
    info, warn, error, seconds, millis, console, failed = logged("TestZerolog")
    assert told(info) == told(console) == LISTENING
    assert info.source.endswith("loggers/loggers_test.go:42")
    assert told(warn) == ("WARN", "slow query", {"took": "1500", "retry": "true"})
    assert told(error) == ("ERROR", "query failed", {"error": NO_ROUTE, "rows": "0"})
    assert told(failed) == ("ERROR", "query failed", {"error": NO_ROUTE})
    assert (seconds.time_ns, millis.time_ns) == (DAY + 662 * 10**9, DAY + 662_732_000_000)
    assert console.time_ns is None  # of an unknown zone


def test_logrus_as_logfmt_in_json_and_for_people() -> None:
    text, error, trace, warn, json, failed, tty, slow = logged("TestLogrus")
    assert told(text) == told(tty) == LISTENING
    assert dict(json.attributes).items() >= LISTENING[2].items()
    assert told(error) == told(failed)
    assert told(error) == ("ERROR", "query failed", {"error": NO_ROUTE, "rows": "0"})
    assert told(trace) == ("DEBUG", "plain", {})
    assert warn.source == "/src/example.com/loggers/loggers_test.go:63"
    assert told(slow) == ("WARN", "slow query", {"retry": "true"})
    assert text.time_ns == failed.time_ns == DAY + 662 * 10**9


def test_logfmt_of_go_kit() -> None:
    info, error = logged("TestKit")
    assert told(info) == LISTENING
    assert (info.source, info.time_ns) == ("loggers_test.go:76", DAY + 662_732_880_862)
    assert told(error) == ("ERROR", "query failed", {"err": NO_ROUTE, "rows": "0"})


def test_klog_with_a_message_alone_and_with_pairs() -> None:
    port, slow, failed, info, error = logged("TestKlog", "klogs.log")
    assert told(port) == ("INFO", "listening on port 8080", {})
    assert told(slow) == ("WARN", "slow query", {})
    assert told(failed) == ("ERROR", f"query failed: {NO_ROUTE}", {})
    assert told(info) == LISTENING
    pod = {"err": NO_ROUTE, "rows": "0", "pod": "kube-system/dns"}
    assert told(error) == ("ERROR", "query failed", pod)
    assert (info.source, info.time_ns) == ("klogs_test.go:18", None)


def test_of_glog_a_message_that_resembles_a_pair_is_a_message() -> None:
    run = read_text((Path(__file__).parents[1] / "testdata" / "klogs.log").read_bytes(), name="")
    records = [line.record for line in run.packages[0].lines if line.record is not None]
    assert [told(each) for each in records[-3:]] == [
        ("INFO", "listening on port 8080", {}),
        ("WARN", "retry=true is an equation", {}),
        ("ERROR", "two", {}),  # a line of its own is no record
    ]


@pytest.mark.parametrize("version", RELEASES)
def test_every_handler_of_slog_tells_the_same(version: str) -> None:
    run = package(version, "slogs", "-count=1")
    by_test: dict[str, list[Record]] = {test.name: [] for test in run.tests}
    for line in run.lines:
        record = line.record
        if record is not None:
            by_test[run.tests[line.test].name].append(record)
            if record.time_ns is not None and line.wall_ns is not None:
                assert -1_000_000 < line.wall_ns - record.time_ns < 30 * 10**9
    handlers = by_test["TestHandlers"]
    json, text = handlers[:6], handlers[6:]
    assert [told(record) for record in json] == [told(record) for record in text]
    assert [told(record) for record in json] == [
        LISTENING,
        ("WARN", "slow query", {"query.table": "items", "query.rows": "7"}),
        ("ERROR", "query failed", {"db.node": "n=1", "db.err": NO_ROUTE}),
        ("DEBUG", "two lines", {"retry": "true"}),
        ("WARN", "between levels", {"": "no key"}),
        ("INFO", "x=1 is an equation", {"y": ""}),
    ]
    assert [record.source for record in json] == [record.source for record in text]
    assert json[0].source.endswith("slogs_test.go:14")
    through = by_test["TestThroughTheTest"]
    assert [told(record) for record in through] == [told(json[i]) for i in (0, 1, 2, 4, 5)]
    by_default = [told(record) for record in by_test["TestDefault"]]
    # A message of two lines is two lines there, and debug is not shown.
    assert by_default == [told(json[i]) for i in (0, 1, 2, 4, 5)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "x=1",
        "a=b c=d",
        "level",
        "{}",
        '{"a":1}',
        '{"level":',
        "{" * 5000,
        "=== RUN   TestX",
        "    x_test.go:3: got 3, want level=4 or so",
        "INFO",
        "2026/01/02 15:04:05 no level here",
        "panic: level=info",
        "I1127 15:27:28.184604   24051 klogs_test.go:15",
        "I1127 15:27:28.184604 klogs_test.go:15] no process",
    ],
)
def test_other_lines_are_no_records(text: str) -> None:
    assert read_record(text) is None


def test_a_record_nested_beyond_all_sense_is_read_as_far_as_makes_sense() -> None:
    record = read_record('{"level":"info","msg":"x","a":' + '{"b":' * 500 + "1" + "}" * 501)
    assert record is not None
    assert record.message == "x"


pieces = st.sampled_from(
    [
        '{"level":"info",',
        '"msg":',
        '"x"}',
        '"time":1e308,',
        "level=info ",
        'msg="a b" ',
        "time=2026-99-99 ",
        '"k"=',
        "2026/01/02 15:04:05 WARN-99 ",
        "2026-01-02T15:04:05.000Z    INFO    ",
        "3:04PM INF ",
        "WARN[0000] ",
        "E1127 15:27:28.188651   24051 klogs_test.go:19] ",
        '"query \\x1b[0m" ',
        '{"a": [1, {"b": null}]}',
        "\\",
        "\x1b[0m",
    ]
)


@given(st.lists(st.one_of(pieces, st.text(max_size=8))).map("".join))
def test_no_text_makes_it_raise_or_lets_through_what_is_not_safe_to_show(text: str) -> None:
    record = read_record(clean(text))
    if record is not None:
        assert isinstance(record.level, Level)
        said = [
            record.message,
            record.source,
            *(part for pair in record.attributes for part in pair),
        ]
        assert all(part == clean(part) for part in said)
