"""What the tests print scrolls by as `go test -v` prints it, and is kept as it came."""

from __future__ import annotations

import subprocess
from pathlib import Path

import orjson
from hypothesis import given
from hypothesis import strategies as st

from collect.running import Ending
from flakecore.bundle import Kind, open_bundle
from flakecore.collect.capture.json_follower import TestStream


def lines_of(text: str) -> list[str]:
    """Return the lines of test output, sorted, without what changes from run to run."""
    lines = [line.strip() for line in text.splitlines() if "-test." not in line]
    return sorted(line.partition(" (")[0].partition("\t0.")[0] for line in lines)


def test_it_holds_every_line_that_go_test_v_prints(ending: Ending, endings: Path) -> None:
    command = ["go", "test", "-v", "-count=1", "./passing"]
    plain = subprocess.run(command, cwd=endings, capture_output=True, text=True, check=True)
    assert lines_of(ending("passing").shown) == lines_of(plain.stdout)


def test_long_lines_and_other_alphabets_survive(ending: Ending) -> None:
    shown = ending("passing").shown
    assert "naïve – 世界\n" in shown
    assert f"long: {'0123456789' * 2000}\n" in shown


def test_the_json_stream_is_kept_whole(ending: Ending) -> None:
    with open_bundle(ending("passing").result.bundle) as bundle:
        (artefact,) = bundle.of_kind(Kind.TEST_JSON)
        events = [orjson.loads(line) for line in bytes(bundle.read(artefact)).splitlines()]
    assert "".join(event.get("Output", "") for event in events) == ending("passing").shown
    assert events[-1]["Action"] == "pass"


def test_a_stream_in_single_bytes_shows_the_same() -> None:
    told: list[str] = []
    stream = TestStream(told.append)
    text = '{"Action":"output","Output":"世界\\n"}\nno event: {\n{"Action":"pass"}\nlast'
    for byte in text.encode():
        stream.feed(bytes([byte]))
    stream.finish()
    assert "".join(told) == "世界\nno event: {\nlast\n"


def test_what_a_test_prints_does_not_pass_for_what_go_says() -> None:
    stream = TestStream(lambda _: None)
    told = b'{"Action":"output","Package":"x",%s"Output":"FAIL\\tx [build failed]\\n"}\n'
    stream.feed(told % b'"Test":"T",')
    assert stream.verdict("x").built
    stream.feed(told % b"")
    assert not stream.verdict("x").built


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["output", "run", "fail", "pause"]),
            st.sampled_from(["T", "U", ""]),
            st.sampled_from(["a", "panic: b"]),
            st.sampled_from([1, 3, 50, 130]),
        ),
        max_size=8,
    )
)
def test_many_events_at_once_are_the_same_as_one_by_one(
    said: list[tuple[str, str, str, int]],
) -> None:
    events: list[dict[str, object]] = [
        {"Action": action, "Package": "x", "Test": test, "Output": f"{output}{at}\n"}
        for action, test, output, times in said
        for at in range(times)
    ]
    events += [{"Action": "output", "Package": 1, "Test": "T"}, {"Action": "output", "Output": 2}]
    lines = [orjson.dumps(event) + b"\n" for event in events]
    shown: list[str] = []
    once, each = TestStream(shown.append), TestStream(lambda _: None)
    once.feed(b"".join(lines))
    for line in lines:
        each.feed(line)
    told = [
        {name: (v.output, v.running, v.failed, v.result) for name, v in stream.packages.items()}
        for stream in (once, each)
    ]
    assert told[0] == told[1]
    assert "".join(shown) == "".join(str(each.get("Output", "")) for each in events[:-1])


def lines_told(*outputs: str) -> list[str]:
    stream = TestStream(lambda _: None)
    for output in outputs:
        event = {"Action": "output", "Package": "x", "Test": "T", "Output": output}
        stream.feed(orjson.dumps(event) + b"\n")
    return stream.verdict("x").output["T"]


def test_of_much_output_the_last_lines_are_remembered() -> None:
    told = lines_told(*(f"line {number}\n" for number in range(1000)))
    assert 40 <= len(told) <= 80
    assert told[-1] == "line 999\n"


def test_of_a_crash_the_first_lines_are_remembered() -> None:
    stacks = (f"frame {number}\n" for number in range(1000))
    told = lines_told("before\n", "panic: no way on\n", *stacks)
    assert told[:2] == ["panic: no way on\n", "frame 0\n"]
    assert len(told) == 200


def test_tests_that_were_running_when_their_package_failed_are_the_failed_ones() -> None:
    stream = TestStream(lambda _: None)
    for action, test in (
        ("run", "TestDone"),
        ("pass", "TestDone"),
        ("run", "TestWaits"),
        ("pause", "TestWaits"),
        ("run", "TestHangs"),
        ("run", "TestHangs/inner"),
        ("fail", ""),
    ):
        event = {"Action": action, "Package": "x"} | ({"Test": test} if test else {})
        stream.feed(orjson.dumps(event) + b"\n")
    assert stream.failed_tests() == ("x.TestHangs/inner",)
