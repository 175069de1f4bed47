"""The formats of the report and of the features: the commands offer what the library has."""

from __future__ import annotations

import argparse

import pytest

from flakecore.report import RENDERERS
from flakecore.report.features import FEATURE_FORMATS
from flaketui.commands import features, report


@pytest.mark.parametrize(
    ("command", "name", "formats"),
    [(report, "report", RENDERERS), (features, "features", FEATURE_FORMATS)],
    ids=["report", "features"],
)
def test_a_command_offers_every_format(
    command: object, name: str, formats: dict[str, object]
) -> None:
    subparsers = argparse.ArgumentParser().add_subparsers()
    command.add_parser(subparsers)  # type: ignore[attr-defined]
    options = subparsers.choices[name]._actions
    (offered,) = (each.choices for each in options if "--format" in each.option_strings)
    assert offered is not None
    assert list(offered) == list(formats)
