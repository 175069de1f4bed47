"""The bundle goes where it should, and nothing else is written anywhere."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import pytest

from collect.running import collected, make_module
from flakecore.bundle import Kind, open_bundle
from flakecore.collect import CollectOptions, HuntOptions, collect
from flakecore.errors import CollectError


def listing(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.slow
def test_the_source_tree_is_left_as_it_was(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = listing(endings)
    staging = tmp_path / "staging"
    staging.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(staging))
    for package, extra in (("./passing", ()), ("./panics", ()), ("./broken", ()), ("./exits", ())):
        collected(endings, tmp_path / "x.zip", package, extra=extra)
    collected(endings / "passing", tmp_path / "x.zip", ".")
    assert listing(endings) == before
    assert list(staging.iterdir()) == []


def test_without_a_name_it_is_named_by_package_and_time(endings: Path) -> None:
    before = set(endings.iterdir())
    run = collected(endings, None, "./untested")
    (bundle,) = set(endings.iterdir()) - before
    assert run.result.bundle == bundle
    assert bundle.name.startswith("flaketui-untested-2")
    assert bundle.suffix == ".zip"
    bundle.unlink()


def test_a_relative_place_is_relative_to_the_current_folder(endings: Path) -> None:
    run = collected(endings / "passing", Path("../x.zip"), "../untested")
    assert run.result.bundle.resolve() == (endings / "x.zip").resolve()
    run.result.bundle.unlink()


def test_an_earlier_bundle_is_replaced_in_one_step(endings: Path, tmp_path: Path) -> None:
    first = collected(endings, tmp_path / "x.zip", "./untested")
    with open_bundle(first.result.bundle) as before:
        collected(endings, tmp_path / "x.zip", "./broken")
        assert before.manifest
        assert bytes(before.read(before.artefacts[0]))[:1] == b"{"
    with open_bundle(tmp_path / "x.zip") as after:
        assert after.manifest
        assert after.manifest.packages == ("example.com/endings/broken",)
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


def test_a_bundle_that_cannot_be_written_leaves_what_was_recorded(
    endings: Path, tmp_path: Path
) -> None:
    output = tmp_path / "x.zip"

    def place_is_taken(_text: str) -> None:
        output.mkdir(exist_ok=True)

    options = CollectOptions(packages=("./failing",), race=False, output=output, cwd=endings)
    with pytest.raises(CollectError, match="is kept in") as told:
        collect(options, place_is_taken, lambda _: None)
    kept = told.value.remedy.partition("is kept in ")[2].partition(",")[0]
    with open_bundle(kept) as bundle:
        assert bundle.manifest
        assert bundle.manifest.finished
        evidence = [each for each in bundle.artefacts if each.kind is not Kind.SOURCE]
        assert len(evidence) == 12


def test_a_package_of_another_module_is_run_in_that_module(
    endings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = collected(tmp_path, tmp_path / "x.zip", str(endings / "untested"))
    assert run.result.manifest.packages == ("example.com/endings/untested",)


def test_a_package_of_the_standard_library_can_be_collected(endings: Path, tmp_path: Path) -> None:
    run = collected(endings, tmp_path / "x.zip", "errors", test_flags={"-short": "true"})
    assert run.result.exit_code == 0
    with open_bundle(tmp_path / "x.zip") as bundle:
        assert {a.package for a in bundle.artefacts if a.package} == {"errors"}


def test_flags_reach_the_tests(endings: Path, tmp_path: Path) -> None:
    run = collected(
        endings,
        tmp_path / "x.zip",
        "./passing",
        test_flags={"-run": "TestPrints|TestDouble", "-skip": "TestDouble", "-count": "2"},
        timeout="1m",
        extra=("-cpu", "1", "-args", "mine", "-trace"),
    )
    assert run.shown.count("--- PASS: TestPrints") == 2
    assert "RUN   TestDouble" not in run.shown
    assert "-test.timeout=1m0s" in run.shown
    assert "mine -trace\n" in run.shown
    assert run.result.manifest.command[-3:] == ("-args", "mine", "-trace")


@pytest.mark.parametrize("hunting", [None, HuntOptions(max_runs=1)])
def test_a_bundle_within_the_module_adds_no_package_to_it(
    tmp_path: Path, hunting: HuntOptions | None
) -> None:
    text = 'package shop\n\nimport "testing"\n\nfunc TestShop(t *testing.T) { t.Log("open") }\n'
    module = make_module(tmp_path / "shop", "example.com/shop", {"shop_test.go": text})
    done = collected(module, module / "bundle.zip", "./...", hunt=hunting)
    with open_bundle(done.result.bundle) as bundle:
        tested = {artefact.package for artefact in bundle.of_kind(Kind.TRACE)}
        sources = [artefact.name for artefact in bundle.of_kind(Kind.SOURCE)]
        assert tested == {"example.com/shop"}
        assert sources == [
            f"sources/example.com/shop/{name}" for name in ("go.mod", "shop_test.go")
        ]
        assert [each.name for each in bundle.of_kind(Kind.UNKNOWN)] == []
