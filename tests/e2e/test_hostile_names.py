"""Names and output that hold escape sequences, as every command writes them to a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
import pytest

from flakecore.text.printable import printable
from flaketui.cli import make_explorer_parser, make_parser
from flaketui.commands.shell.command_descriptions import Command, described
from flaketui.panes.registry import PANES
from program import PATIENCE_S, PROGRAM, SAMPLE
from timeline.captures import capture
from toolchains import NEWEST, go_toolchain

EVIL = "\x1b]52;c;RVZJTA==\x07\x1b[31;7;77m\x9b31m\x9d0;title\x9c\x7f\u202e\u200b\x08\r\x00"
"""OSC 52 (which writes the clipboard), CSI, both in C1, DEL, a turn to the right, no width."""


def on_a_terminal(
    *arguments: str | Path,
    keys: str = "",
    size: tuple[int, int] = (40, 120),
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run the program with a terminal for all three streams and return all that it writes there.

    Args:
        keys: typed one by one, each once the program has been silent for a while; the program is
            ended when it is silent after the last one.
        size: rows and columns.
        env: variables besides.
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, size)
    known = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    written, left, deadline = bytearray(), list(keys), time.monotonic() + PATIENCE_S
    with subprocess.Popen(
        [PROGRAM, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, **known, **(env or {})},
        cwd=cwd,
        start_new_session=True,
    ) as program:
        os.close(theirs)
        try:
            while time.monotonic() < deadline:
                silent = not select.select([ours], [], [], 0.5)[0]
                if not silent:
                    if not (piece := os.read(ours, 1 << 16)):
                        break
                    written += piece
                elif left and b"\x1b[?1049h" in written:
                    os.write(ours, left.pop(0).encode())
                elif (keys and not left) or program.poll() is not None:
                    break
        except OSError:  # what Linux says when the other side is closed
            pass
        finally:
            program.kill()
            os.close(ours)
    return written.decode(errors="replace")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle of two packages whose names are hostile wherever a file can name something.

    The trace is a real one; what replaces a name in it is as long as the name was.
    """
    folder = tmp_path_factory.mktemp("hostile") / "bundle"
    run = capture(NEWEST, "endings/asserts").folder
    for number, package in enumerate(("", f"example.com/{EVIL}")):
        place = folder / f"p{number}"
        place.mkdir(parents=True)
        log = [orjson.loads(line) for line in (run / "test.json").read_bytes().splitlines()]
        for event in log:
            event["Package"] = package or event["Package"]
            if "Output" in event:
                event["Output"] = event["Output"].replace("asserts_test.go", f"{EVIL}_test.go")
                event["Output"] += f"    {EVIL} in the output\n"
        (place / "test.json").write_bytes(b"".join(orjson.dumps(e) + b"\n" for e in log))
    trace = (run / "trace.out").read_bytes()
    trace = trace.replace(b"asserts.TestFatal", b"asserts.\x1b]52;c;\x07x")
    trace = trace.replace(b"asserts_test.go", "\x1b[2J\u202e\x9b2J.go".encode())
    (folder / "p0" / "trace.out").write_bytes(trace)
    events = [
        {"Action": "run", "Test": f"Test{EVIL}"},
        {"Action": "output", "Test": f"Test{EVIL}", "Output": f"    a_test.go:3: {EVIL}boo\n"},
        {"Action": "fail", "Test": f"Test{EVIL}"},
        {"Action": "fail"},
    ]
    stamp = {"Time": "2026-01-02T03:04:05Z", "Package": f"example.com/{EVIL}"}
    more = b"".join(orjson.dumps(stamp | event) + b"\n" for event in events)
    with (folder / "p1" / "test.json").open("ab") as file:
        file.write(more)
    return folder


def assert_is_printable(written: str) -> None:
    """Check that what a command wrote holds marks for what a terminal would act upon."""
    lines = written.replace("\r\n", "\n").replace("\r\x1b[K", "").split("\n")
    assert all(printable(part) == part for line in lines for part in line.split("\t"))
    assert "Traceback" not in written


def assert_draws_no_name_as_it_is(written: str) -> None:
    """Check that a screen was drawn with the program's own sequences alone."""
    assert "\x1b]52" not in written
    assert "31;7;77" not in re.findall(r"\x1b\[([0-9;]*)m", written)
    own = r"\x1b\]22;\w+\x07|[\x1b\r\n\t\b]"  # the pointer's shape, and what moves the cursor
    shown = re.sub(own, "", written)
    assert printable(shown) == shown
    assert "internal error" not in written


DESCRIBED = described(make_parser(), make_explorer_parser())
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "sql": ("SELECT * FROM output",),
    "profile": ("--kind", "trace-wait"),
}
"""What a command needs behind the bundle."""
_WITHOUT: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("export", "--table"): ("--format", "csv"),
}
"""What an option goes with."""
_FURTHER = (
    ("report", "--output", "--last", "5s"),
    ("report", "--output", "--last", "5s", "--format", "json"),
    ("report", "--output", "--last", "5s", "--format", "markdown"),
    ("report", "--package", "nope"),
    ("report", "--test", "nope"),
    ("report", "--attempt", "7"),
    ("report", "--baseline", "nope", "--fail-on", "leak"),
    ("events", "--stacks"),
    ("events", "--stacks", "--format", "json"),
    ("events", "--trace", "nope"),
    ("export", "--format", "folded", "--kind", "trace-wait"),
    ("sql", "SELECT * FROM tests"),
    ("sql", f"SELECT {EVIL.replace(chr(0), '')}"),
    *(
        ("profile", "--kind", "trace-wait", *view)
        for view in (
            ("top",),
            ("tree",),
            ("flame",),
            ("contention",),
            ("series",),
            ("peek", "."),
            ("list", "."),
            ("diff", str(SAMPLE), "top"),
        )
    ),
)


def ways_of(command: Command) -> Iterator[tuple[str, ...]]:
    """Yield how a command that reads a bundle is called: with each choice of its options."""
    more = _NEEDED.get(command.name, ())
    yield command.name, *more
    for option in command.options:
        for choice in option.choices:
            with_it = _WITHOUT.get((command.name, option.names[0]), ())
            yield command.name, *more, *with_it, option.names[0], choice


OF_A_BUNDLE = [
    *(
        way
        for command in DESCRIBED.commands
        if command.words[:1] in (("BUNDLE",), ("BUNDLE|DIR",))
        for way in ways_of(command)
    ),
    *_FURTHER,
]
OTHERS = {"collect", "completion", "demo", "doctor", "man", "pack", "scan", "triage"}
"""Commands that read no bundle, or many: each has its place in a test below."""


def test_every_command_is_among_them() -> None:
    assert {way[0] for way in OF_A_BUNDLE} | OTHERS == {each.name for each in DESCRIBED.commands}


@pytest.mark.parametrize("arguments", OF_A_BUNDLE, ids=lambda way: ascii(" ".join(way)))
@pytest.mark.slow
def test_no_command_writes_a_hostile_name_as_it_is(
    arguments: tuple[str, ...], hostile: Path
) -> None:
    written = on_a_terminal(arguments[0], hostile, *arguments[1:])
    assert len(written) > 20
    assert_is_printable(written)


@pytest.fixture
def surroundings(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Return a hostile folder to work in, and variables that hold what nobody expects there."""
    named = EVIL.replace("\0", "").replace("/", "")
    folder = tmp_path / named
    (folder / "bin").mkdir(parents=True)
    (folder / "go.mod").write_text(f"module example.com/{EVIL}\n\ngo {named}\n")
    for tool in ("go", "cc"):
        (folder / "bin" / tool).write_text(f"#!/bin/sh\ncat <<'X'\n{named}\nX\nexit 1\n")
        (folder / "bin" / tool).chmod(0o755)
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    variables = ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "SHELL", "CC", "COLORTERM", "GOFLAGS")
    return folder, {"PATH": path, **dict.fromkeys(variables, str(folder))}


@pytest.mark.parametrize(
    "arguments",
    [
        *((shell.name, choice) for shell in DESCRIBED.commands for choice in shell.choices),
        ("completion", EVIL.replace("\0", "")),
        ("man",),
        ("doctor",),
        ("doctor", "--json"),
        ("collect",),
        ("collect", "./..."),
        ("collect", EVIL.replace("\0", "")),
        ("pack", "."),
        ("pack", "go.mod", "bin/go", "-o", "x.zip"),
        (EVIL.replace("\0", ""),),
        ("report", EVIL.replace("\0", "")),
        ("report", "go.mod", f"--{EVIL.replace(chr(0), '')}"),
    ],
    ids=lambda way: ascii(" ".join(way)),
)
@pytest.mark.slow
def test_no_command_writes_what_is_around_it_as_it_is(
    arguments: tuple[str, ...], surroundings: tuple[Path, dict[str, str]]
) -> None:
    folder, env = surroundings
    written = on_a_terminal(*arguments, cwd=folder, env=env)
    assert len(written) > 20
    assert_is_printable(written)


@pytest.mark.slow
def test_the_sample_opens_in_hostile_surroundings(
    surroundings: tuple[Path, dict[str, str]],
) -> None:
    folder, env = surroundings
    written = on_a_terminal("demo", keys="8j?q", cwd=folder, env=env)
    assert "\x1b[?1049h" in written, "the explorer did not open"
    assert_draws_no_name_as_it_is(written)


@pytest.mark.slow
def test_no_command_over_many_bundles_writes_one_as_it_is(hostile: Path, tmp_path: Path) -> None:
    for arguments in (
        ("scan", hostile, "-o", tmp_path / "fleet"),
        ("triage", tmp_path / "fleet", "--format", "text"),
        ("triage", tmp_path / "fleet", "--format", "markdown", "--all"),
        ("sql", tmp_path / "fleet", "SELECT test, headline FROM failures"),
    ):
        assert_is_printable(on_a_terminal(*arguments))
    written = on_a_terminal("triage", tmp_path / "fleet", keys="jj\r?q")
    assert "\x1b[?1049h" in written, "the screen did not open"
    assert_draws_no_name_as_it_is(written)


EVERY_PANE = "".join(f"{pane.key}j\r\x1b" for pane in PANES)


@pytest.mark.parametrize("size", [(24, 80), (50, 160)], ids=str)
@pytest.mark.slow
def test_no_pane_and_no_dialog_draws_one_as_it_is(size: tuple[int, int], hostile: Path) -> None:
    for package in ("asserts", "example.com/"):
        written = on_a_terminal(
            hostile,
            "--package",
            package,
            keys=f"]{EVERY_PANE}?q/evil\rcy:\x1b",
            size=size,
        )
        assert "\x1b[?1049h" in written, "the explorer did not open"
        assert_draws_no_name_as_it_is(written)


def test_a_run_shows_what_tests_print_without_its_escape_sequences(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module example.com/evil\n\ngo 1.21\n")
    (tmp_path / "evil_test.go").write_text(
        "package evil\n\n"
        'import ("fmt"; "os"; "testing")\n\n'
        "func TestEvil(t *testing.T) {\n"
        f"\tfmt.Println({orjson.dumps(EVIL + 'boo').decode()})\n"
        f"\tfmt.Fprintln(os.Stderr, {orjson.dumps(EVIL + 'stderr').decode()})\n"
        f"\tt.Error({orjson.dumps(EVIL + 'failed').decode()})\n"
        "}\n"
    )
    written = on_a_terminal(
        *("collect", "--no-race", "--go", go_toolchain(NEWEST), "-o", tmp_path / "x.zip"),
        cwd=tmp_path,
    )
    lines = written.replace("\r\n", "\n").replace("\r\x1b[K", "").split("\n")
    assert any("boo" in line for line in lines)
    assert all(printable(part) == part for line in lines for part in line.split("\t"))
    assert (tmp_path / "x.zip").exists()
