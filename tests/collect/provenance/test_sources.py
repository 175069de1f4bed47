"""The Go files of the packages under test are in the bundle, and nothing else of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.collect.command.packages import Package
from flakecore.collect.provenance import sources
from flakecore.collect.provenance.sources import copy_sources
from flakecore.timeline.sources import LEFT_OUT


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module of two packages, with a test data folder and a link that leads out of it."""
    root = tmp_path / "shop"
    for path, text in {
        "go.mod": "module example.com/shop\n",
        "shop.go": "package shop\n",
        "cart/cart.go": "package cart\n",
        "cart/cart_test.go": "package cart\n",
        "cart/notes.txt": "no source\n",
        "cart/testdata/data.go": "package data\n",
        "other/go.mod": "module example.com/other\n",
        "other/other.go": "package other\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (tmp_path / "secret.go").write_text("package secret\n")
    (root / "cart" / "link.go").symlink_to(tmp_path / "secret.go")
    return root


def _copied(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.go"))


def test_a_modules_go_files_are_copied_and_no_link_data_or_other_module(
    module: Path, tmp_path: Path
) -> None:
    cart = Package("example.com/shop/cart", str(module / "cart"))
    assert copy_sources(tmp_path / "bundle", [cart]) == []
    assert _copied(tmp_path / "bundle" / "sources") == [
        "example.com/shop/cart/cart.go",
        "example.com/shop/cart/cart_test.go",
        "example.com/shop/shop.go",
    ]


def test_of_a_go_mod_its_module_and_the_version_of_go_are_noted_alone(
    module: Path, tmp_path: Path
) -> None:
    (module / "go.mod").write_text(
        "module example.com/shop\n\ngo 1.20.3 // old\n\nrequire corp.example/secret v1.0.0\n"
    )
    copy_sources(tmp_path, [Package("example.com/shop/cart", str(module / "cart"))])
    noted = tmp_path / "sources" / "example.com" / "shop" / "go.mod"
    assert noted.read_text() == "module example.com/shop\n\ngo 1.20\n"


def test_beyond_the_limit_the_package_under_test_comes_first_and_the_cut_is_said(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LIMIT", 30)
    cart = Package("example.com/shop/cart", str(module / "cart"))
    (missing,) = copy_sources(tmp_path / "bundle", [cart])
    assert missing.startswith("Go files of the modules beyond")
    assert _copied(tmp_path / "bundle" / "sources") == [
        "example.com/shop/cart/cart.go",
        "example.com/shop/cart/cart_test.go",
    ]


def test_a_package_whose_folder_is_gone_has_no_sources(tmp_path: Path) -> None:
    assert copy_sources(tmp_path, [Package("example.com/x", ""), Package("y", "/gone")]) == []
    assert not (tmp_path / "sources").exists()


def test_of_a_package_that_is_copied_in_part_it_shows_what_else_there_is(
    module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (module / "cart" / "big.go").write_text("package cart\n" + "// x\n" * 100)
    monkeypatch.setattr(sources, "_LARGEST_FILE", 100)
    cart = Package("example.com/shop/cart", str(module / "cart"))
    assert copy_sources(tmp_path / "bundle", [cart]) == []
    folder = tmp_path / "bundle" / "sources" / "example.com" / "shop"
    texts = {path.name: path.read_bytes() for path in (folder / "cart").iterdir()}
    assert texts == {
        "big.go": LEFT_OUT,
        "cart.go": b"package cart\n",
        "cart_test.go": b"package cart\n",
    }
