"""Exports of the sample, as tests look at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flakecore.bundle import Bundle, open_bundle
from flakecore.report import Explainer, ExportRequest, export
from flakecore.timeline import Case, load_cases
from program import SAMPLE


@contextmanager
def opened_sample() -> Iterator[tuple[Bundle, Case]]:
    """Give the sample and its case."""
    with open_bundle(str(SAMPLE)) as bundle:
        (case,) = load_cases(bundle)
        yield bundle, case


def exported(name: str, request: ExportRequest) -> bytes:
    """Return an export of the sample."""
    with opened_sample() as (bundle, case):
        return b"".join(export(name, bundle, [case], request, Explainer(bundle)))
