"""The sample's case, whose failing tests are compared with runs that are made up."""

from __future__ import annotations

import pytest

import flakecore
from flakecore.timeline import Case, Failure
from program import SAMPLE


@pytest.fixture(scope="session")
def case() -> Case:
    """The sample's only case."""
    with flakecore.open(SAMPLE) as bundle:
        return bundle.cases[0]


def counting_failure(case: Case) -> Failure:
    """Return the failure of ``TestStatsCountDeliveries``."""
    return next(each for each in case.failures if each.test_name == "TestStatsCountDeliveries")
