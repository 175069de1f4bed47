"""A scanned fleet on disk: one Parquet part a bundle, and files that many parts were merged into.

```
DIR/parts/3f2a….parquet      one bundle, named by the hash of its bytes
DIR/parts/unread-….parquet   what could not be read at all, named by the hash of its place
DIR/merged/8c01….parquet     the rows of many parts, named by the hash of their names
```

A part is written beside its place and renamed, so that a scan may be broken off at any moment and
go on. A hundred thousand small files take minutes to open: from ``MERGE_AT`` parts on they are
merged, table after table, each in row groups of its own, so that a question reads the columns of
the tables that it needs and nothing else. A merged file is whole before the first of its parts is
removed; a part that is in a merged file too counts once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from flakecore.errors import FlakeError
from flakecore.fleet.arrow import arrow, schema_of
from flakecore.fleet.schema import FLEET_TABLES, physical_columns

MERGE_AT = 1000
"""Parts that are merged into one file, some 30 MB of rows in memory: a file of its own costs about
half a millisecond to open, so a hundred thousand bundles open as a hundred files."""
_UNREAD = "unread-"
_PARTS, _MERGED, _ENDING = "parts", "merged", ".parquet"

Rows = Mapping[str, Sequence[Mapping[str, object]]]
"""Rows by the name of their table, each by the names of its columns."""


class FleetStore:
    """The folder of a scanned fleet."""

    def __init__(self, folder: Path) -> None:
        """Take a folder, which need not be there yet."""
        self.folder = folder
        # Of merged files, which never change under their names.
        self._footers: dict[Path, Any] = {}

    def write(self, name: str, rows: Rows) -> None:
        """Write the part of a bundle in one step; one of that name is replaced.

        Raises:
            FlakeError: it cannot be written.
        """
        schema = schema_of(physical_columns())
        records = [{"table": table, **row} for table, found in rows.items() for row in found]
        table = arrow().Table.from_pylist(records, schema=schema)
        self._replace(self.folder / _PARTS / f"{name}{_ENDING}", [table])

    def write_unread(self, place: str, row: Mapping[str, object]) -> None:
        """Write that a place could not be read; the next scan tries it again."""
        name = f"{_UNREAD}{_digest(place)}"
        self.write(name, {"bundles": [{**row, "content": name}]})

    def forget_unread(self, place: str) -> None:
        """Remove that a place could not be read."""
        with suppress(FileNotFoundError):
            (self.folder / _PARTS / f"{_UNREAD}{_digest(place)}{_ENDING}").unlink()

    def place_of(self, content: str) -> str | None:
        """Return the place that the part of a bundle was read from; None where there is no part.

        Merged ones are not looked at.
        """
        part = self.folder / _PARTS / f"{content}{_ENDING}"
        if not part.exists():
            return None
        (table,) = self._read([part], "bundles", ["bundle"])
        found: str = table["bundle"][0].as_py()
        return found

    def parts(self) -> list[Path]:
        """Return the parts that are not merged, by name.

        Raises:
            FlakeError: the folder cannot be read.
        """
        return self._files(_PARTS)

    def merged(self) -> list[Path]:
        """Return the merged files, by name.

        Raises:
            FlakeError: the folder cannot be read.
        """
        return self._files(_MERGED)

    def _files(self, below: str) -> list[Path]:
        try:
            return sorted((self.folder / below).glob(f"*{_ENDING}"))
        except OSError as error:
            raise FlakeError(
                f"{self.folder} cannot be read ({error.strerror or error})",
                remedy="check its permissions",
            ) from error

    def merge(self, least: int = MERGE_AT) -> None:
        """Merge parts into one file if there are at least so many, and remove them.

        Raises:
            FlakeError: it cannot be written.
        """
        parts = [part for part in self.parts() if not part.name.startswith(_UNREAD)]
        while parts and len(parts) >= least:
            self._merge(parts[:MERGE_AT])
            parts = parts[MERGE_AT:]

    def _merge(self, parts: Sequence[Path]) -> None:
        done = self.merged_contents() if self.merged() else frozenset()
        fresh = [part for part in parts if part.stem not in done]
        if fresh:
            name = _digest("\n".join(part.stem for part in fresh))
            self._replace(self.folder / _MERGED / f"{name}{_ENDING}", _by_table(fresh))
        for part in parts:
            part.unlink(missing_ok=True)

    def merged_contents(self) -> frozenset[str]:
        """Return the contents of all bundles in merged files."""
        found: set[str] = set()
        for table in self._read(self.merged(), "bundles", ["content"]):
            found.update(table["content"].to_pylist())
        return frozenset(found)

    def read(self, table: str, columns: Collection[str]) -> Any:
        """Return columns of a table over all bundles, as a ``pyarrow.Table``.

        Text that repeats is dictionary encoded.

        Raises:
            FlakeError: there is no scanned fleet, or a file of it cannot be read.
        """
        merged, parts = self.merged(), self.parts()
        if not merged and not parts:
            raise FlakeError(
                f"{self.folder} holds no scanned bundles",
                remedy="make them with: flaketui scan SOURCE -o DIR",
            )
        if merged and parts:  # a scan that was broken off between merging and removing
            done = self.merged_contents()
            parts = [part for part in parts if part.stem not in done]
        pa = arrow()
        wanted = [column for column in FLEET_TABLES[table] if column.name in columns]
        found = self._read([*merged, *parts], table, [column.name for column in wanted])
        tables = list(found)
        if not tables:
            return schema_of(tuple(wanted)).empty_table()
        return pa.concat_tables(tables).unify_dictionaries()

    def _read(self, files: Sequence[Path], table: str, columns: Sequence[str]) -> Iterable[Any]:
        """Yield what each file has of a table; row groups of other tables are not read."""
        pq = arrow("parquet")
        text = [
            each.name
            for each in FLEET_TABLES[table]
            if each.type == "text" and each.name in columns
        ]
        for path in files:
            try:
                known = self._footers.get(path)
                with pq.ParquetFile(path, read_dictionary=[*text, "table"], metadata=known) as file:
                    if known is None and path.parent.name == _MERGED:
                        self._footers[path] = file.metadata
                    _require(columns, file.schema_arrow.names, path)
                    groups, mixed = _groups_of(file.metadata, table)
                    if not groups:
                        continue
                    read = file.read_row_groups(groups, [*columns, *(["table"] if mixed else [])])
            except (OSError, ValueError) as error:
                raise FlakeError(
                    f"{path} cannot be read ({error})", remedy="remove it and scan again"
                ) from error
            if mixed:
                equal = arrow("compute").equal(read["table"], table)
                read = read.filter(equal).drop_columns(["table"])
            yield read

    def _replace(self, path: Path, groups: Iterable[Any]) -> None:
        """Write tables into one file, each in row groups of its own, in one step."""
        pq, schema = arrow("parquet"), schema_of(physical_columns())
        beside = path.with_name(f".{path.stem}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with pq.ParquetWriter(
                beside, schema, compression="zstd", use_dictionary=True
            ) as writer:
                for group in groups:
                    if len(group):
                        writer.write_table(group)
            beside.replace(path)
        except OSError as error:
            why = error.strerror or "it cannot be written"
            raise FlakeError(f"{path}: {why}", remedy="name another folder with -o") from error
        finally:
            with suppress(OSError):
                beside.unlink()


def _by_table(parts: Sequence[Path]) -> Iterator[Any]:
    """Yield the rows of parts, table after table, each with the columns of all.

    Until a table's turn comes, only the columns that it has are held.
    """
    pa, compute, pq = arrow(), arrow("compute"), arrow("parquet")
    held: dict[str, list[Any]] = {name: [] for name in FLEET_TABLES}
    for part in parts:
        rows = pq.read_table(part, partitioning=None)
        for name, columns in FLEET_TABLES.items():
            own = rows.filter(compute.equal(rows["table"], name))
            held[name].append(own.select([column.name for column in columns]))
    whole = schema_of(physical_columns())
    for name in FLEET_TABLES:
        found = pa.concat_tables(held.pop(name))
        filled = {
            each.name: found[each.name]
            if each.name in found.column_names
            else pa.nulls(len(found), each.type)
            for each in whole
        }
        filled["table"] = pa.repeat(pa.scalar(name), len(found))
        yield pa.table(filled, schema=whole)


def _require(columns: Sequence[str], present: Collection[str], path: Path) -> None:
    """Refuse a file that lacks a column, as one of an earlier release does.

    Raises:
        FlakeError: it does.
    """
    if lacking := [each for each in columns if each not in present]:
        raise FlakeError(
            f"{path} lacks the column {lacking[0]}: another release wrote it",
            remedy="scan again into a new folder",
        )


def _groups_of(metadata: Any, table: str) -> tuple[list[int], bool]:
    """Return the row groups of a file that may hold rows of a table, and whether others' too."""
    place = next(
        at for at in range(metadata.num_columns) if metadata.schema.column(at).name == "table"
    )
    groups, mixed = [], False
    for number in range(metadata.num_row_groups):
        bounds = metadata.row_group(number).column(place).statistics
        if bounds is None or bounds.min <= table <= bounds.max:
            groups.append(number)
            mixed = mixed or bounds is None or bounds.min != bounds.max
    return groups, mixed


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
