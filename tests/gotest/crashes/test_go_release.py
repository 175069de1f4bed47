"""The Go release that the paths in a log's stacks name."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.bundle import open_bundle
from flakecore.timeline import list_cases, load_case


def _release(folder: str, root: Path) -> str:
    log = (
        "=== RUN   TestX\npanic: oops\n\ngoroutine 7 [running]:\n"
        f"e.com/p.TestX(0xc0001)\n\t/p/x_test.go:3 +0x1\ntesting.tRunner(0x1, 0x2)\n"
        f"\t{folder}/src/testing/testing.go:1792 +0x226\n"
        f"created by testing.(*T).Run in goroutine 1\n\t{folder}/src/testing/testing.go:1851 +0x1\n"
        "FAIL\te.com/p\t0.01s\n"
    )
    (root / "test.log").write_text(log)
    with open_bundle(root / "test.log") as bundle:
        return load_case(bundle, list_cases(bundle)[0]).go_version


@pytest.mark.parametrize(
    ("folder", "release"),
    [
        ("/opt/hostedtoolcache/go/1.24.6/x64", "go1.24.6"),
        ("C:/hostedtoolcache/windows/go/1.17.8/x64", "go1.17.8"),
        ("/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.25.6.linux-amd64", "go1.25.6"),
        ("/root/sdk/go1.22.1", "go1.22.1"),
        ("/home/u/sdk/go1.22rc1", "go1.22rc1"),
        ("/usr/local/Cellar/go/1.21.4/libexec", "go1.21.4"),
        ("/root/.asdf/installs/golang/1.14.3/go", "go1.14.3"),
        ("/nix/store/0a1b-go-1.21.4/share/go", "go1.21.4"),
        ("/usr/local/go", ""),
        ("/home/go/1.2.3.4/go", ""),
        ("/srv/1.24.6/go", ""),
        ("/builds/go1.2.3.4", ""),
    ],
)
def test_a_folder_named_after_its_release_tells_it(
    folder: str, release: str, tmp_path: Path
) -> None:
    assert _release(folder, tmp_path) == release
