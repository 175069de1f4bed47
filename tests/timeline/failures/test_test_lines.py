"""The lines of a test are those that it printed, in order, however many stretches they come in."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import read_json, read_messages
from flakecore.timeline.failures.test_lines import TestLines


def told(said: list[tuple[str, str]]) -> bytes:
    """Return events that begin two tests and print lines, each of a test or of none."""
    begun = [{"Action": "run", "Package": "p", "Test": test} for test in ("TestA", "TestB")]
    printed = [
        {"Action": "output", "Package": "p", "Output": f"{text}\n"}
        | ({"Test": test} if test else {})
        for test, text in said
    ]
    return b"".join(orjson.dumps(event) + b"\n" for event in (*begun, *printed))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["TestA", "TestB", ""]),
            st.sampled_from(["x", "    a_test.go:3: boo", "        more", "", "panic: boo"]),
        ),
        max_size=12,
    )
)
def test_lines_of_a_test_are_all_of_its_own(said: list[tuple[str, str]]) -> None:
    (run,) = read_json(told(said), name="x").packages
    found = TestLines(run)
    crashed = {at for crash in run.crashes for at in range(crash.first_line, crash.last_line + 1)}
    for test in range(-1, len(run.tests)):
        own = [line for line in run.lines if line.test == test and line.position not in crashed]
        lines = found.of(test)
        assert list(lines) == own
        assert [lines[at] for at in range(-len(own), len(own))] == [*own, *own]
        assert lines[-3:] == own[-3:]
        assert read_messages(found.message_lines(test)) == read_messages(own)
