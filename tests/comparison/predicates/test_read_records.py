"""Damage of ``predicates.jsonl`` loses its own lines alone, and another schema is not read."""

from __future__ import annotations

from pathlib import Path

from comparison.predicates.test_record_runs import folders, read
from flakecore.bundle import Attempt, Manifest, encode, open_bundle
from flakecore.comparison import record_losses
from flakecore.comparison.predicates.record_runs import RunRecorder

__all__ = ["folders"]

OF_A_TEST = (
    b'{"attempt": 3, "package": "p", "test": "T", "failed_ns": %b, "events": %b, "at_ns": %b,'
    b' "features": []}'
)


def test_a_damaged_line_costs_its_own_run(folders: list[Path], tmp_path: Path) -> None:
    record = RunRecorder()
    data = record(folders[0], 1) + record(folders[1], 2)
    cut = read(data[:-40], tmp_path)
    assert cut.damaged == 1
    with open_bundle(tmp_path) as bundle:
        (loss,) = record_losses(bundle)
    assert str(loss).startswith("predicates.jsonl: 1 line is damaged: ")
    assert set(cut.tests) == {1, 2}
    lines = data.splitlines()
    hostile = [
        OF_A_TEST % (b"0", b"[99999]", b"[1]"),
        OF_A_TEST % (b"100000000000000000000", b"[0]", b"[1]"),
        OF_A_TEST % (b"1", b"[0]", b"[1, 2]"),
        b'{"event": 77, "kind": "", "who": "", "what": ""}',
        b"[]",
        b"3",
        b'{"attempt": "x"}',
    ]
    found = read(b"\n".join([*lines, *hostile]), tmp_path)
    assert found.damaged == len(hostile)
    assert set(found.tests) == {1, 2}


def test_runs_that_the_manifest_does_not_list_are_told(tmp_path: Path) -> None:
    manifest = Manifest(runs=12_000, attempts=(Attempt(number=1), Attempt(number=2)))
    (tmp_path / "manifest.json").write_bytes(encode(manifest))
    with open_bundle(tmp_path) as bundle:
        (loss,) = record_losses(bundle)
    assert str(loss) == (
        "manifest.json: 11,998 runs that passed are not listed, of 12,000: no rate counts them"
    )


def test_another_schema_is_not_read(folders: list[Path], tmp_path: Path) -> None:
    data = RunRecorder()(folders[0], 1).replace(b"predicates/1", b"predicates/9", 1)
    found = read(data, tmp_path)
    assert found.tests == {}
    assert found.damaged == 1
