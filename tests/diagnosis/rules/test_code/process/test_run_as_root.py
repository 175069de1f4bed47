"""Tests that want to be refused a file, run as root or as somebody else."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from diagnosis.checked_findings import explain
from diagnosis.program_bundles import collected_program, failure_of, sources_of
from diagnosis.program_runs import told
from diagnosis.rule_table import record
from flakecore.bundle import Manifest
from flakecore.diagnosis import Weight
from timeline.captures import Capture

TOLD = {
    f"Test{name}": [
        f"env, inferred: Test{name} wants mode {mode} (@{mark}) to refuse it;"
        f" it ran as root, whom no mode stops [fails @{mark}-fails; made @{mark}]"
    ]
    for name, mode, mark in (
        ("LoadIsRefused", "0o000", "hides"),
        ("SaveIsRefused", "0555", "closes"),
        ("OverwriteIsRefused", "0o444", "read-only"),
    )
}
SOUND = ("TestAsksWhoRunsIt", "TestNoSuchSettings", "TestSizeIsTwo")


def _causes(run: Capture, test: str, *, root: bool) -> list[str]:
    host = replace(Manifest().host, root=root)
    failure = failure_of(run, test)
    found = explain(run.case, failure, sources_of(run), replace(Manifest(), host=host))
    return [told(each) for each in found if each.weight is Weight.CAUSE]


def _run() -> Capture:
    return collected_program("refused", "--no-race")


@pytest.mark.parametrize("test", [*TOLD, *SOUND])
def test_who_is_not_refused_as_root_is_told_so(test: str) -> None:
    causes = _causes(_run(), test, root=True)
    record("env", "trace, log and source", TOLD.get(test, []), causes)
    assert causes == TOLD.get(test, [])


@pytest.mark.parametrize("test", TOLD)
def test_of_another_user_nothing_of_the_kind_is_told(test: str) -> None:
    assert _causes(_run(), test, root=False) == []


def test_collect_records_whether_it_ran_as_root() -> None:
    manifest = _run().bundle.manifest
    assert manifest is not None
    assert manifest.host.root == (os.geteuid() == 0)
