"""Output of one test that comes in one block is read as one text, and anything else is not."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.text.uniform_output import UniformOutput, uniform_output

STAMP = "2026-01-02T03:04:05.678Z"


def event(output: str, **changed: object) -> bytes:
    told = {"Time": STAMP, "Action": "output", "Package": "p", "Test": "TestA", "Output": output}
    return orjson.dumps(told | changed)


def test_lines_of_one_test_are_one_text() -> None:
    texts = ["a\n", 'say "b" \\n\\.\n', "\t<c>\x1b[31m\n", "\n", "世界\n"]
    found = uniform_output(b"\n".join(map(event, texts)))
    assert found == UniformOutput("p", "TestA", f"{STAMP}\n".encode() * 5, "".join(texts))


def test_lines_of_a_package_are_those_of_no_test() -> None:
    told = [
        b'{"Time":"%b","Action":"output","Package":"p","Output":"%d\\n"}' % (STAMP.encode(), at)
        for at in range(3)
    ]
    found = uniform_output(b"\n".join(told))
    assert found is not None
    assert (found.test, found.text) == ("", "0\n1\n2\n")


def test_lines_may_have_no_times() -> None:
    told = [b'{"Action":"output","Package":"p","Output":"%d \\"x\\"\\n"}' % at for at in range(3)]
    found = uniform_output(b"\n".join(told))
    assert found == UniformOutput("p", "", b"", '0 "x"\n1 "x"\n2 "x"\n')
    assert uniform_output(b"\n".join([*told, event("x\n")])) is None


@pytest.mark.parametrize(
    "other",
    [
        event("x"),
        event("a backslash and a letter: \\n"),
        event("x\ny\n"),
        event("x\n", Test="TestB"),
        event("x\n", Package="q"),
        event("x\n", OutputType="frame"),
        event("x\n", Action="run"),
        event("x\n")[:-1],
        event("x\n").replace(b"x", b'x","Output":"y'),
        event("x\n").replace(b"x", b"\0"),
        event("x\n").replace(b"x", b"\xff"),
        b"no event",
        b"",
    ],
    ids=range(13),
)
def test_a_block_with_another_line_is_none(other: bytes) -> None:
    alike = [event(f"{at}\n") for at in range(3)]
    assert uniform_output(b"\n".join(alike)) is not None
    for place in range(4):
        assert uniform_output(b"\n".join([*alike[:place], other, *alike[place:]])) is None


@given(st.lists(st.binary(max_size=30), max_size=6), st.integers(0, 3))
def test_no_damage_makes_another_text(pieces: list[bytes], copies: int) -> None:
    block = b"".join(event("x\n") + b"\n" + piece for piece in pieces) + event("y\n") * copies
    found = uniform_output(block)
    if found is not None:
        told = [orjson.loads(line)["Output"] for line in block.split(b"\n")]
        assert found.text == "".join(told)
