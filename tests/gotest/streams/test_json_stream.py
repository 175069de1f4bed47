from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import OUTSIDE, Outcome, TestLog, read_json
from flakecore.gotest.streams import line_blocks
from flakecore.text.printable import clean
from gotest.go_runs import go_test
from toolchains import NEWEST

EVENT = b'{"Time":"2026-01-01T00:00:00.5Z","Action":"output","Package":"p","Output":"whole\\n"}\n'


def texts(log: TestLog) -> list[str]:
    return [line.text for run in log.packages for line in run.lines]


def test_every_line_of_a_real_run_is_there_in_order(release: str) -> None:
    data = go_test(release, "outcomes")
    said = "".join(
        event["Output"] for event in map(orjson.loads, data.splitlines()) if "Output" in event
    )
    expected = said.replace("end--- PASS", "end\n--- PASS").splitlines()
    assert texts(read_json(data, name="test.json")) == [clean(text) for text in expected]


def test_stamps_are_those_of_the_events_to_the_nanosecond(release: str) -> None:
    (run,) = read_json(go_test(release, "outcomes"), name="test.json").packages
    assert run.start_wall_ns is not None
    assert run.end_wall_ns is not None
    stamps = [line.wall_ns for line in run.lines if line.wall_ns is not None]
    assert len(stamps) == len(run.lines)
    assert run.start_wall_ns <= stamps[0]
    assert stamps == sorted(stamps)
    assert stamps[-1] <= run.end_wall_ns
    assert len({stamp % 1000 for stamp in stamps}) > 1  # not cut to microseconds


def test_an_ordinary_run_has_no_loss(release: str) -> None:
    assert read_json(go_test(release, "outcomes"), name="test.json").losses == ()


def test_a_damaged_line_is_counted_and_kept_as_text() -> None:
    log = read_json(EVENT + b'{"Time":"2026-01-0\n' + EVENT + b'{"Act\n', name="ci/test.json")
    assert texts(log) == ["whole", '{"Time":"2026-01-0', "whole", '{"Act']
    (loss,) = log.losses
    assert loss.where == "ci/test.json"
    assert (loss.count, loss.bytes) == (2, 23)


def test_a_stream_cut_in_mid_line_keeps_all_before_the_cut(release: str) -> None:
    data = go_test(release, "outcomes")
    whole = texts(read_json(data, name="test.json"))
    cut = data.rstrip().rindex(b'"Output"')
    log = read_json(data[: cut + 12], name="test.json")
    *before, last = texts(log)
    assert before == whole[: len(before)]
    assert last.startswith('{"Time"')
    assert len(log.losses) == 1
    assert log.packages[0].status is Outcome.UNFINISHED


def test_plain_text_between_events_belongs_to_the_package_that_spoke_last() -> None:
    log = read_json(b"first\r\n" + EVENT + b"go: warning\n\n" + EVENT, name="test.json")
    nobody, run = log.packages
    assert (nobody.package, nobody.lines[0].text) == ("", "first")
    assert [(line.text, line.output_type) for line in run.lines] == [
        ("whole", ""),
        ("go: warning", OUTSIDE),
        ("whole", ""),
    ]
    assert log.losses == ()


def test_json_that_is_no_event_is_plain_text() -> None:
    log = read_json(b'{"level":"info","msg":"hello"}\n[1]\n7\n"x"\nnull\n', name="test.json")
    assert texts(log) == ['{"level":"info","msg":"hello"}', "[1]", "7", '"x"', "null"]
    assert log.losses == ()


@pytest.mark.parametrize("field", ["Package", "Test", "Output", "OutputType", "Time"])
@pytest.mark.parametrize("wrong", [7, None, ["x"], {"x": 1}, True])
def test_an_event_with_a_field_of_the_wrong_type_is_damaged(field: str, wrong: Any) -> None:
    event = json.loads(EVENT) | {field: wrong}
    data = EVENT + json.dumps(event).encode() + b"\n" + EVENT
    log = read_json(data, name="test.json")
    assert len(texts(log)) == 3
    assert [loss.count for loss in log.losses] == [1]


def test_an_unreadable_stamp_costs_the_stamp_and_not_the_line() -> None:
    log = read_json(EVENT.replace(b"2026-01-01T", b"yesterday "), name="test.json")
    (line,) = log.packages[0].lines
    assert (line.text, line.wall_ns) == ("whole", None)
    assert [loss.what for loss in log.losses] == ["time stamps that cannot be read"]


def test_an_action_of_a_later_go_is_reported() -> None:
    log = read_json(EVENT.replace(b'"output"', b'"reflect"'), name="test.json")
    assert "'reflect'" in str(log.losses[0])


def test_bytes_that_are_no_utf_8_become_replacement_characters() -> None:
    log = read_json(EVENT.replace(b"whole", b"wh\xffle"), name="test.json")
    assert texts(log) == ["wh\ufffdle"]
    assert log.losses == ()


def test_a_byte_order_mark_is_no_damage() -> None:
    log = read_json(b"\xef\xbb\xbf" + EVENT, name="test.json")
    assert texts(log) == ["whole"]
    assert log.losses == ()


def test_an_empty_stream_has_no_packages() -> None:
    assert read_json(b"", name="test.json") == TestLog((), ())


def test_a_stream_may_be_a_view_of_a_larger_one() -> None:
    view = memoryview(b"xxx" + EVENT + b"yyy")[3:-3]
    assert texts(read_json(view, name="test.json")) == ["whole"]


def test_packages_that_run_side_by_side_are_kept_apart() -> None:
    other = EVENT.replace(b'"p"', b'"q"').replace(b"whole", b"other")
    half = EVENT.replace(b"whole\\n", b"half ")
    log = read_json(half + other + EVENT + other, name="test.json")
    assert [(run.package, [line.text for line in run.lines]) for run in log.packages] == [
        ("p", ["half whole"]),
        ("q", ["other", "other"]),
    ]


def test_a_package_that_starts_again_after_its_end_is_a_second_run() -> None:
    start = b'{"Time":"2026-01-01T00:00:00Z","Action":"start","Package":"p"}\n'
    end = b'{"Time":"2026-01-01T00:00:01Z","Action":"pass","Package":"p","Elapsed":1.001}\n'
    log = read_json((start + EVENT + end) * 2, name="test.json")
    first, second = log.packages
    assert first == second
    assert first.elapsed_ns == 1_001_000_000


actions = st.sampled_from(
    [
        "start",
        "run",
        "pause",
        "cont",
        "bench",
        "pass",
        "fail",
        "skip",
        "output",
        "attr",
        "x",
        "build-output",
        "build-fail",
    ]
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.none())
)
odd_events = st.fixed_dictionaries(
    {},
    optional={
        "Action": st.one_of(actions, scalars),
        "Package": st.one_of(st.sampled_from(["p", "q", ""]), scalars),
        "Test": st.one_of(st.sampled_from(["TestA", "TestA/b", ""]), scalars),
        "Time": st.one_of(st.just("2026-01-01T00:00:00Z"), scalars),
        "Elapsed": st.one_of(st.just(0.01), scalars),
        "Output": st.one_of(st.sampled_from(["a\n", "b", "\n", "c\nd", "panic: x\n"]), scalars),
        "OutputType": st.one_of(st.sampled_from(["frame", "error", "error-continue"]), scalars),
        "FailedBuild": scalars,
        "ImportPath": scalars,
    },
).map(lambda event: json.dumps(event).encode())


@given(st.lists(st.one_of(odd_events, st.binary(max_size=60)), max_size=30))
def test_nothing_that_a_file_may_hold_makes_the_reader_raise(pieces: list[bytes]) -> None:
    log = read_json(b"\n".join(pieces), name="test.json")
    for run in log.packages:
        assert [line.position for line in run.lines] == list(range(len(run.lines)))
        assert all(-1 <= line.test < len(run.tests) for line in run.lines)
        assert all(type(line.text) is str and line.text == clean(line.text) for line in run.lines)


@given(st.lists(st.binary(max_size=60).filter(lambda b: b"\n" not in b), max_size=20))
def test_every_line_that_is_no_event_is_kept_as_text(pieces: list[bytes]) -> None:
    """But for the indentation of a whole log, as of one that was copied: `` fatal error: …``."""
    expected = [clean(piece.decode("utf-8", "replace").rstrip("\r\n")).strip() for piece in pieces]
    log = read_json(b"x\n" + b"\n".join(pieces), name="test.json")
    assert [t.strip() for t in texts(log) if t.strip()] == ["x", *filter(None, expected)]


@given(st.data())
def test_a_flipped_byte_loses_at_most_its_own_line(data: st.DataObject) -> None:
    stream = bytearray(go_test(NEWEST, "outcomes"))
    at = data.draw(st.integers(0, len(stream) - 1))
    stream[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != 10))
    intact = texts(read_json(go_test(NEWEST, "outcomes"), name="test.json"))
    damaged = texts(read_json(bytes(stream), name="test.json"))
    assert len(set(intact) - set(damaged)) <= 2


SAID = [
    "a\n",
    "\t<b>\n",
    "\x1b[31mred\n",
    "\n",
    "no newline",
    "世界 \u202e\n",
    "    a_test.go:3: x\n",
]
STAMPS = [
    "",
    "2026-01-01T00:00:00.5Z",
    "2026-01-01T00:00:01Z",
    "2026-01-01T00:00:01+01:00",
    "never",
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["TestA", "TestB", ""]),
            st.lists(st.tuples(st.sampled_from(STAMPS), st.sampled_from(SAID)), max_size=5),
        ),
        max_size=4,
    )
)
def test_a_block_that_is_read_as_one_text_is_what_its_events_are(
    groups: list[tuple[str, list[tuple[str, str]]]],
) -> None:
    events = [{"Time": STAMPS[1], "Action": "run", "Package": "p", "Test": "TestA"}]
    events += [
        ({"Time": stamp} if stamp else {})
        | {"Action": "output", "Package": "p"}
        | ({"Test": test} if test else {})
        | {"Output": output}
        for test, said in groups
        for stamp, output in said
    ]
    otherwise = [dict(reversed(event.items())) for event in events]

    def read(told: list[dict[str, str]]) -> TestLog:
        return read_json(b"".join(orjson.dumps(event) + b"\n" for event in told), name="x")

    # Each block is a line of the tests' own choice: at the least the whole stream is one.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(line_blocks, "_BLOCK", 400)
        assert read(events) == read(otherwise)


def test_a_test_whose_result_is_printed_has_it_where_the_stream_is_cut_before_its_event() -> None:
    def event(action: str, test: str, **fields: Any) -> str:
        return json.dumps({"Action": action, "Package": "p", "Test": test, **fields})

    printed = [
        event("run", "TestA"),
        event("run", "TestB"),
        event("output", "TestA", Output="--- FAIL: TestA (1.25s)\n"),
        event("output", "TestB", Output="    want no --- FAIL: TestB (0.00s)\n"),
    ]
    (run,) = read_json("\n".join(printed).encode(), name="test.json").packages
    found = {test.name: (test.outcome, test.elapsed_ns) for test in run.tests}
    assert found == {
        "TestA": (Outcome.FAIL, 1_250_000_000),
        "TestB": (Outcome.UNFINISHED, None),
    }
