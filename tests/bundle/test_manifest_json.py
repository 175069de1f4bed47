"""The manifest says how a bundle came to be, and is read as far as it can be."""

from __future__ import annotations

import dataclasses

import orjson
import pytest

from flakecore.bundle import SCHEMA, Host, Manifest, encode, read_manifest
from flakecore.loss import Loss

FULL = Manifest(
    flaketui="0.1.0",
    go="go1.27.3",
    packages=("example.com/pool",),
    command=("go", "test", "-json", "example.com/pool"),
    race=True,
    timeout="90s",
    started="2026-01-02T03:04:05.000000006Z",
    started_unix_ns=1767323045000000006,
    duration_ns=1_500_000_000,
    exit_code=1,
    interrupted=True,
    host=Host(os="linux", arch="amd64", kernel="6.1.0", cpus=4, memory_bytes=1 << 34),
    missing=("cpu.pprof: the test process ended before it was written",),
)


def altered(**changes: object) -> bytes:
    return orjson.dumps({**orjson.loads(encode(FULL)), **changes})


def what(read: Manifest | Loss) -> str:
    assert isinstance(read, Loss)
    return read.what


def test_what_is_written_is_read_back() -> None:
    assert read_manifest(encode(FULL)) == FULL
    assert read_manifest(memoryview(encode(FULL))) == FULL


def test_every_field_is_written() -> None:
    names = {field.name for field in dataclasses.fields(Manifest)}
    assert set(orjson.loads(encode(FULL))) == names | {"schema"}


def test_it_begins_with_its_schema() -> None:
    assert next(iter(orjson.loads(encode(FULL)).items())) == ("schema", SCHEMA)


def test_keys_of_a_later_release_are_skipped() -> None:
    assert read_manifest(altered(surprises=[1, 2], host={"os": "linux", "weight": 1.5})) == (
        dataclasses.replace(FULL, host=Host(os="linux"))
    )


def test_a_key_that_is_absent_is_not_recorded() -> None:
    assert read_manifest(orjson.dumps({"schema": SCHEMA})) == Manifest()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"packages": "example.com/pool"}, "packages"),
        ({"packages": [1]}, "packages"),
        ({"race": 1}, "race"),
        ({"exit_code": True}, "exit_code"),
        ({"duration_ns": 1.5}, "duration_ns"),
        ({"go": None}, "go"),
        ({"host": []}, "host"),
        ({"host": {"cpus": "4"}}, "cpus"),
    ],
)
def test_a_value_of_the_wrong_type_is_a_loss_that_names_the_key(
    changes: dict[str, object], named: str
) -> None:
    assert named in what(read_manifest(altered(**changes)))


def test_a_manifest_that_is_cut_off_is_a_loss() -> None:
    assert "damaged" in what(read_manifest(encode(FULL)[:100]))


def test_another_schema_of_the_family_is_a_loss_that_names_it() -> None:
    assert "flaketui.manifest/2" in what(read_manifest(altered(schema="flaketui.manifest/2")))


@pytest.mark.parametrize("data", [b"[]", b"1", b"{}", b'{"schema": 1}', b'{"schema": "x/1"}'])
def test_json_that_is_no_manifest_is_a_loss(data: bytes) -> None:
    assert "names no schema" in what(read_manifest(data))
