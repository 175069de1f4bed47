"""Source lines are found where they are, and not where they are others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flakecore.timeline import Frame
from flakecore.timeline.sources import Sources, bundled_sources
from timeline.captures import TESTDATA, capture
from toolchains import NEWEST, go_toolchain

HERE = TESTDATA / "chains"
TEXT = (HERE / "chains_test.go").read_text()
LINE = TEXT[: TEXT.index("done <- <-middle")].count("\n") + 1
SECOND = Frame("example.com/chains.second", "/elsewhere/chains/chains_test.go", LINE)


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """The module in another folder than the one it was tested in."""
    return Path(shutil.copytree(HERE, tmp_path / "checked-out"))


def test_a_frame_of_a_run_on_this_machine_shows_its_own_line() -> None:
    run = capture(NEWEST, "chains")
    wait = next(
        wait
        for wait in run.schedule.waits(0, run.schedule.end_ns)
        if any(frame.function == SECOND.function for frame in wait.stack)
    )
    frame = next(frame for frame in wait.stack if frame.function == SECOND.function)
    excerpt = Sources(package="example.com/chains").excerpt(frame)
    assert excerpt is not None
    assert excerpt.origin == "this machine"
    assert excerpt.lines[excerpt.line - excerpt.first].strip() == "done <- <-middle"
    assert len(excerpt.lines) == 5


def test_a_frame_of_another_machine_is_found_in_the_working_tree(module: Path) -> None:
    below = module / "some" / "folder"
    below.mkdir(parents=True)
    excerpt = Sources(package="example.com/chains", working=below).excerpt(SECOND)
    assert excerpt is not None
    assert (excerpt.origin, excerpt.path) == ("working tree", str(module / "chains_test.go"))
    assert "done <- <-middle" in excerpt.lines[2]
    trimmed = SECOND._replace(file="example.com/chains/chains_test.go")
    assert Sources(working=module).excerpt(trimmed) is not None


def test_a_package_of_another_module_is_not_looked_for_in_this_one(module: Path) -> None:
    frame = SECOND._replace(function="example.com/other.second")
    assert Sources(package="example.com/other", working=module).excerpt(frame) is None


def test_the_bundles_own_copy_comes_first(module: Path) -> None:
    sources = Sources(
        bundled={"src/example.com/chains/chains_test.go": b"one\ntwo\n"}, working=module
    )
    excerpt = sources.excerpt(SECOND._replace(line=2))
    assert excerpt is not None
    assert (excerpt.origin, excerpt.lines) == ("bundle", ("one", "two", ""))


def test_the_go_files_of_a_bundle_are_its_copies(module: Path) -> None:
    (module / "test.json").write_text('{"Action":"start","Package":"example.com/chains"}\n')
    assert bundled_sources(open_bundle(module))["chains_test.go"] == TEXT.encode()


def test_gos_own_files_are_shown_only_from_the_same_release(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = go_toolchain(NEWEST).resolve().parents[1]
    monkeypatch.setenv("GOROOT", str(root))
    text = (root / "src" / "sync" / "mutex.go").read_text()
    line = text[: text.index("func (m *Mutex) Lock()")].count("\n") + 1
    for file in ("/usr/local/go/src/sync/mutex.go", "sync/mutex.go"):
        frame = Frame("sync.(*Mutex).Lock", file, line)
        excerpt = Sources(go_version=f"go{NEWEST}").excerpt(frame)
        assert excerpt is not None
        assert excerpt.origin == "GOROOT"
        assert "func (m *Mutex) Lock()" in excerpt.lines[2]
        assert Sources(go_version="go1.2.3").excerpt(frame) is None


def test_a_line_beyond_the_files_end_is_of_another_file(module: Path) -> None:
    assert Sources(working=module).excerpt(SECOND._replace(line=100_000)) is None
    assert Sources(working=module).excerpt(SECOND._replace(line=0)) is None


@pytest.mark.parametrize("file", ["/etc/passwd", "/dev/zero", "/elsewhere/a\0b.go", "..", ""])
def test_no_other_file_of_this_machine_is_shown(file: str) -> None:
    frame = Frame("example.com/chains.second", file, 1)
    assert Sources(package="example.com/chains").excerpt(frame) is None
