"""How a bundle came to be: which command ran, with which Go, where, when, and how it ended.

The manifest is JSON with a versioned schema. Keys may be added and are never renamed, so a reader
skips the keys it does not know and takes a key that is absent for "not recorded".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TypeVar

import orjson

from flakecore.loss import Loss

SCHEMA = "flaketui.manifest/1"
_FAMILY = "flaketui.manifest/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The machine that ran the tests; it never holds the machine's or anybody's name.

    Attributes:
        os: Go's name of the system, such as ``linux``.
        arch: Go's name of the processor, such as ``amd64``.
        kernel: the kernel's release.
        cpus: processors that the run could use.
        memory_bytes: memory of the machine; 0 where that is unknown.
    """

    os: str = ""
    arch: str = ""
    kernel: str = ""
    cpus: int = 0
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known about a capture besides its artefacts.

    Attributes:
        flaketui: version of the program that wrote the bundle.
        go: Go's version as it names itself, such as ``go1.27.3``.
        packages: import paths of the packages under test.
        command: the `go test` command line; its artefacts are named without their folder.
        race: whether the race detector was on.
        timeout: the limit of the run as Go writes it, such as ``10m0s``; ``0`` for none.
        started: when `go test` was started (RFC 3339, UTC).
        started_unix_ns: the same as nanoseconds since 1970.
        duration_ns: how long `go test` ran, its build included.
        exit_code: the exit code of `go test`; 128 and the signal's number where one ended it.
        interrupted: whether somebody asked the run to stop before its end.
        host: the machine.
        missing: what a reader would look for and not find, each with the reason.
    """

    flaketui: str = ""
    go: str = ""
    packages: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    race: bool = False
    timeout: str = ""
    started: str = ""
    started_unix_ns: int = 0
    duration_ns: int = 0
    exit_code: int = 0
    interrupted: bool = False
    host: Host = field(default_factory=Host)
    missing: tuple[str, ...] = ()


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
        fields = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return Loss(where, f"the manifest is damaged ({error})", bytes=len(data))
    schema = fields.get("schema") if isinstance(fields, dict) else None
    if not isinstance(schema, str) or not schema.startswith(_FAMILY):
        return Loss(where, f"the manifest names no schema of the family {_FAMILY}")
    if schema != SCHEMA:
        return Loss(where, f"the manifest is of {schema}, which needs another flaketui")
    try:
        return _filled(Manifest, {**fields, "host": _filled(Host, fields.get("host", {}))})
    except _WrongTypeError as error:
        return Loss(where, f"the manifest is damaged ({error})")


class _WrongTypeError(Exception):
    """A key of the manifest holds a value of another type than the schema says."""


_Record = TypeVar("_Record", Host, Manifest)


def _filled(record: type[_Record], values: object) -> _Record:
    """Return a record made of the keys it knows; the type of each is that of its default."""
    if not isinstance(values, Mapping):
        raise _WrongTypeError(f"{record.__name__.lower()} is no object")
    default = record()
    known = {}
    for name in record.__dataclass_fields__:
        if name not in values:
            continue
        value, expected = values[name], type(getattr(default, name))
        if expected is tuple:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise _WrongTypeError(f"{name} is no list of strings")
            value = tuple(value)
        elif type(value) is not expected:
            raise _WrongTypeError(f"{name} is no {expected.__name__}")
        known[name] = value
    return record(**known)
