"""What was put into the standard library is tried before a test is built with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from collect.running import collected, make_module
from flakecore.collect.binaries import overlay
from flakecore.collect.objects.standard_library import why_not_built
from flakecore.collect.objects.toolchain_patch import patched
from toolchains import go_toolchain

SOURCES = {
    "x_test.go": """package plain

import "testing"

func TestPasses(t *testing.T) {}
"""
}


def test_a_standard_library_that_does_not_build_is_told(tmp_path: Path) -> None:
    go = go_toolchain()
    file = go.parents[1] / "src" / "sync" / "cond.go"
    broken = tmp_path / "cond.go"
    broken.write_text(file.read_text() + "\nfunc flaketuiBroken() { nothing }\n")
    place = tmp_path / "overlay.json"
    place.write_bytes(orjson.dumps({"Replace": {str(file): str(broken)}}))
    reason = why_not_built(str(go), place, tmp_path, [], lambda _: None, {})
    assert reason.startswith("this Go's standard library does not build with it (")
    assert "undefined: nothing" in reason


def test_a_run_goes_without_objects_where_they_do_not_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(
        read: Callable[[str], str | None], *, panics: bool
    ) -> tuple[dict[str, str], tuple[str, ...]]:
        texts, missing = patched(read, panics=panics)
        return texts | {
            "sync/cond.go": texts["sync/cond.go"] + "\nvar flaketui int = true\n"
        }, missing

    monkeypatch.setattr(overlay, "patched", broken)
    module = make_module(tmp_path / "module", "example.com/plain", SOURCES)
    run = collected(module, tmp_path / "x.zip")
    assert run.result.exit_code == 0, run.shown
    assert run.result.manifest.probe
    (reason,) = run.result.manifest.missing
    assert reason.startswith("objects: this Go's standard library does not build with it")
