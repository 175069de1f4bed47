"""The lines that people see of a crash, on real output."""

from __future__ import annotations

from pathlib import Path

import pytest

import flakecore
from collect.running import collected, make_module
from flakecore.bundle import open_bundle
from toolchains import go_toolchain

SOURCE = """package gone

import ("fmt"; "testing"; "time")

func receive(c chan int) { <-c }

func TestPanics(t *testing.T) {
	c := make(chan int)
	go receive(c)
	time.Sleep(10 * time.Millisecond)
	fmt.Println("just before")
	go func() { panic("of another goroutine") }()
	<-c
}
"""


def test_lines_of_a_crash_are_those_of_the_program(tmp_path: Path) -> None:
    module = make_module(tmp_path / "m", "example.com/gone", {"x_test.go": SOURCE})
    run = collected(module, tmp_path / "x.zip", go=go_toolchain())
    with flakecore.open(tmp_path / "x.zip") as opened:
        (case,) = opened.cases
        texts = list(case.output.columns.texts)
        stream = bytes(
            opened.bundle.read(next(a for a in opened.bundle.artefacts if a.name == "test.json"))
        )
        (failure,) = case.failures
        assert case.output[failure.output_line].text == "panic: of another goroutine"
        crashed = case.crashes[0].goroutines
    assert b"runtime.chanrecv(0x" in stream
    for shown in ("\n".join(texts), run.shown):
        assert "example.com/gone.receive(" in shown
        assert "just before" in shown
        assert "runtime.gopark" not in shown
        assert " gp=0x" not in shown
        assert " fp=0x" not in shown
        assert "force gc" not in shown
    (receiver,) = [each for each in crashed if each.frames[0].function.endswith(".receive")]
    assert receiver.channel > 1 << 12
    line = next(at for at, text in enumerate(texts) if ".receive(" in text)
    assert case.output[line].goroutine == receiver.number


@pytest.mark.parametrize(
    ("asked", "objects", "printed"),
    [
        ("", False, True),
        pytest.param("all", True, False, marks=pytest.mark.slow),
        ("all", False, False),
    ],
)
def test_what_a_person_asks_of_stacks_is_what_they_get(
    asked: str, objects: bool, printed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if asked:
        monkeypatch.setenv("GOTRACEBACK", asked)
    module = make_module(tmp_path / "m", "example.com/gone", {"x_test.go": SOURCE})
    run = collected(module, tmp_path / "x.zip", objects=objects, go=go_toolchain())
    with open_bundle(tmp_path / "x.zip") as bundle:
        stream = next(each for each in bundle.artefacts if each.name == "test.json")
        assert (b"runtime.chanrecv(0x" in bytes(bundle.read(stream))) == printed
    assert "example.com/gone.receive(" in run.shown
    assert "runtime.gopark" not in run.shown
