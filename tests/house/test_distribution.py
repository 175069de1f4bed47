"""What a wheel of the project says of itself."""

from __future__ import annotations

import importlib.metadata
import importlib.resources

import pytest

import flakecore
import flaketui


def test_the_version_stands_in_one_place() -> None:
    assert flakecore.__version__ == flaketui.__version__ == importlib.metadata.version("flaketui")


@pytest.mark.parametrize("package", ["flakecore", "flaketui"])
def test_a_package_is_marked_as_typed(package: str) -> None:
    assert importlib.resources.files(package).joinpath("py.typed").is_file()
