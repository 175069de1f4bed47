"""The cases of the conformance suite, by name."""

from __future__ import annotations

import pytest

from gotrace.text_form import ConformanceCase, conformance_case


@pytest.fixture
def case(request: pytest.FixtureRequest) -> ConformanceCase:
    """The conformance case that an indirect parameter names."""
    return conformance_case(request.param)
