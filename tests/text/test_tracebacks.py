"""What people see of a crash at GOTRACEBACK=system is what GOTRACEBACK=all prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from capture_cache import Recipe, cached_capture, once_a_process
from flakecore.gotest import read_dump
from flakecore.text.printable import clean
from flakecore.text.tracebacks import has_internals, without_internals
from toolchains import NEWEST, RELEASES, go_environment, go_toolchain

PROGRAM = """package main

import ("os"; "runtime"; "strings")

type server struct{ requests, answers chan int }

func (s *server) serve() { for r := range s.requests { _ = r } }

func wait(c chan int) { <-c }

// settled returns once the stacks of all goroutines have a text so many times: those that wait do.
func settled(text string, times int) {
	stacks := make([]byte, 1<<16)
	for strings.Count(string(stacks[:runtime.Stack(stacks, true)]), text) < times {
		runtime.Gosched()
	}
}

func main() {
	s := &server{make(chan int), make(chan int)}
	go s.serve()
	serve := s.serve
	go serve()
	go wait(make(chan int))
	full := make(chan int)
	go func() { full <- 1 }()
	go func() { select { case <-s.answers: case s.answers <- 1: } }()
	freed := new(server)
	runtime.SetFinalizer(freed, func(*server) { select {} })
	freed = nil
	runtime.GC()
	settled(" [chan receive", 3)
	settled(" [chan send", 1)
	settled(" [select]", 1)
	settled(" [select (no cases)]", 1)
	switch os.Args[1] {
	case "panic":
		func() {
			defer func() { panic(recover()) }()
			var m map[string]int
			m["x"] = 1
		}()
	case "elsewhere":
		go func() {
			settled("goroutine 1 [select (no cases)]", 1)
			var s []int
			_ = s[len(os.Args)]
		}()
		select {}
	case "fault":
		var s *server
		_ = s.requests
	}
}
"""
VERSIONS = [
    *("1.22.10", NEWEST),
    *(pytest.param(v, marks=pytest.mark.slow) for v in RELEASES[2:-1]),
]
"""Go 1.21 names wrappers around ``go f(x)`` as it names closures: there one is shown more."""
WHAT_VARIES = re.compile(r"0x[0-9a-f]+\??|, \.\.\.|goroutine \d+")
"""Addresses and numbers; whether an argument is in use is known at some instructions only."""


@once_a_process
def built(version: str) -> Path:
    """Return the program, built once by each release."""

    def build(folder: Path) -> None:
        source = folder / "main.go"
        source.write_text(PROGRAM)
        command: list[str | Path] = [go_toolchain(version), "build", "-o", folder / "program"]
        subprocess.run([*command, source], check=True, env=go_environment(version))

    return cached_capture(Recipe(f"tracebacks-{version}", (), (PROGRAM, version)), build)


def stacks(version: str, level: str, how: str) -> list[str]:
    ended = subprocess.run(
        [built(version) / "program", how],
        env={**go_environment(version), "GOTRACEBACK": level, "GOMAXPROCS": "1"},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return ended.stderr.splitlines()


def alike(lines: list[str]) -> list[list[str]]:
    """Return the blocks of a dump without what varies, the one that crashed first."""
    blocks = WHAT_VARIES.sub("X", "\n".join(lines)).strip().split("\n\n")
    first = next(at for at, block in enumerate(blocks) if block.startswith("X ["))
    return [[*blocks[: first + 1]], sorted(blocks[first + 1 :])]


@pytest.mark.needs_go
@pytest.mark.parametrize("how", ["panic", "elsewhere", "fault"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_crash_is_shown_as_without_the_runtimes_frames(version: str, how: str) -> None:
    whole = stacks(version, "system", how)
    usual = stacks(version, "all", how)
    assert any(map(has_internals, whole))
    shown = [text for _, text in without_internals(whole)]
    assert alike(shown) == alike(usual)
    assert [text for _, text in without_internals(map(clean, whole))] == [*map(clean, shown)]
    assert len(shown) < len(whole) / 2


@pytest.mark.needs_go
def test_a_dump_has_the_channels_and_no_frame_of_the_runtime() -> None:
    text = "\n".join(stacks(NEWEST, "system", "panic"))
    dump = read_dump(text.encode(), name="x")
    usual = read_dump("\n".join(stacks(NEWEST, "all", "panic")).encode(), name="x")
    assert sorted(each.frames[0].function for each in dump.goroutines) == sorted(
        each.frames[0].function for each in usual.goroutines
    )
    served = [each.channel for each in dump.goroutines if "serve" in each.frames[0].function]
    assert len(served) == 2
    assert served[0] == served[1] > 1 << 12
    waits = {each.frames[0].function: each.channel for each in dump.goroutines}
    assert waits["main.wait"] not in (0, served[0])
    assert not any(each.channel for each in usual.goroutines)


def test_what_stands_in_between_stays() -> None:
    lines = [
        *("goroutine 7 gp=0xc000 m=nil [select]:", "runtime.gopark(0x1)"),
        *("\tproc.go:1 +0x1 fp=0x1 sp=0x2 pc=0x3", "a line of a test"),
        *("main.f(0x1)", "\tx.go:1 +0x1 fp=0x1 sp=0x2 pc=0x3", "", "after"),
    ]
    shown = [
        "a line of a test",
        "goroutine 7 [select]:",
        "main.f(0x1)",
        "\tx.go:1 +0x1",
        "",
        "after",
    ]
    assert [text for _, text in without_internals(["before", *lines])][1:] == shown
