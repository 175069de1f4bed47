"""The first trace that can be read is the case's; what became of the others is a loss."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flakecore.bundle import Artefact, Bundle, Kind, open_bundle
from flakecore.timeline import list_cases
from flakecore.timeline.read_traces import read_traces, unseen
from program import SAMPLE


@pytest.fixture
def bundle() -> Iterator[Bundle]:
    with open_bundle(SAMPLE) as opened:
        yield opened


def _traces(bundle: Bundle) -> list[Artefact]:
    return [each for each in bundle.artefacts if each.kind is Kind.TRACE]


def test_a_trace_comes_with_its_name_and_its_bytes(bundle: Bundle) -> None:
    (artefact,) = _traces(bundle)
    trace, source, losses = read_traces(bundle, [artefact], None, None, totals=False)
    assert trace is not None and source is not None
    assert (source[0], len(source[1]), losses) == (artefact.name, artefact.size, ())


def test_a_second_one_is_a_loss(bundle: Bundle) -> None:
    (artefact,) = _traces(bundle)
    trace, _, losses = read_traces(bundle, [artefact, artefact], None, None, totals=False)
    assert trace is not None
    assert [loss.what for loss in losses] == ["a further trace of the same package is not shown"]


def test_only_a_flight_recorder_that_left_nothing_is_a_loss(bundle: Bundle) -> None:
    (entry,) = list_cases(bundle)
    assert unseen(bundle, entry, []) == ()
    assert unseen(bundle, entry, _traces(bundle)) == ()
