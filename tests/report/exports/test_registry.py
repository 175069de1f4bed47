"""The registry of exports."""

from __future__ import annotations

import pytest

from flakecore.errors import FlakeError
from flakecore.report import EXPORTS, Explainer, ExportRequest, export
from report.exports.exported import opened_sample


def test_every_format_has_a_suffix_of_its_own() -> None:
    suffixes = [each.suffix for each in EXPORTS.values()]
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize("name", [name for name, each in EXPORTS.items() if not each.windowed])
def test_a_format_of_the_whole_time_refuses_a_window(name: str) -> None:
    with opened_sample() as (bundle, case):
        explainer = Explainer(bundle)
        with pytest.raises(FlakeError, match="is of the whole time"):
            export(name, bundle, [case], ExportRequest(from_ns=1), explainer)
