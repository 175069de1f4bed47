"""The manifest as JSON, written and read by the fields of its records.

The schema is versioned. Keys may be added and are never renamed, so a reader skips keys of later
versions and takes a key that is absent for "not recorded".
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, TypeVar

import orjson

from flakecore.bundle.manifest import Manifest
from flakecore.loss import Loss

SCHEMA = "flaketui.manifest/1"
_FAMILY = "flaketui.manifest/"


def encode(manifest: Manifest) -> bytes:
    """Return a manifest as indented JSON that begins with its schema."""
    return orjson.dumps(
        {"schema": SCHEMA, **asdict(manifest)},
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def read_manifest(data: bytes | memoryview, *, where: str = "manifest.json") -> Manifest | Loss:
    """Return the manifest, or what is wrong with it.

    Args:
        data: the bytes of ``manifest.json``.
        where: its name, for the Loss.
    """
    try:
        values = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return Loss(where, f"the manifest is damaged ({error})", bytes=len(data))
    schema = values.get("schema") if isinstance(values, dict) else None
    if not isinstance(schema, str) or not schema.startswith(_FAMILY):
        return Loss(where, f"the manifest names no schema of the family {_FAMILY}")
    if schema != SCHEMA:
        return Loss(where, f"the manifest is of {schema}, which needs another flaketui")
    try:
        return _filled(Manifest, values, "manifest")
    except _WrongTypeError as error:
        return Loss(where, f"the manifest is damaged ({error})")


class _WrongTypeError(Exception):
    """A key of the manifest holds a value of another type than the schema's."""


_Record = TypeVar("_Record")


def _filled(record: type[_Record], values: object, where: str) -> _Record:
    """Return a record of the keys it has; the type of each is that of its default."""
    if not isinstance(values, dict):
        raise _WrongTypeError(f"{where} is no object")
    default = record()
    known: dict[str, Any] = {}
    for each in fields(record):  # type: ignore[arg-type]
        if each.name in values:
            expected = getattr(default, each.name)
            known[each.name] = _value(
                values[each.name], expected, each.metadata.get("of"), each.name
            )
    return record(**known)


def _value(value: object, expected: object, of: type | None, name: str) -> object:
    """Return one value of a record, of the type that its default has."""
    if of is not None:
        if not isinstance(value, list):
            raise _WrongTypeError(f"{name} is no list")
        return tuple(_filled(of, item, f"{name}[{place}]") for place, item in enumerate(value))
    if isinstance(expected, tuple):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _WrongTypeError(f"{name} is no list of strings")
        return tuple(value)
    if isinstance(expected, dict):
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise _WrongTypeError(f"{name} is no object of strings")
        return value
    if hasattr(expected, "__dataclass_fields__"):
        return _filled(type(expected), value, name)
    if isinstance(expected, float) and type(value) is int:
        return float(value)
    if type(value) is not type(expected):
        raise _WrongTypeError(f"{name} is no {type(expected).__name__}")
    return value
