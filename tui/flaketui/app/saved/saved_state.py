"""Arrangements in files of the person's state folder, one for each bundle by its content.

A zip's last bytes are its directory, which holds the checksum of every file in it; so the size,
the head and the tail of a file identify its content, and a gigabyte need not be read for it.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from flakecore.gotest.logs.levels import Level
from flakecore.timeline import Case, Gap
from flaketui.app.saved.state_folder import make_private_folder, state_folder, write_private
from flaketui.view.arrangement import (
    Arrangement,
    OutputFilter,
    SavedView,
    WaitsOf,
    WaitTotals,
)
from flaketui.view.lanes import lane_named
from flaketui.view.scene import case_name
from flaketui.view.viewport import Extent, Selection, SelectionKind, Viewport

SCHEMA = "flaketui.views/1"
_HEAD, _TAIL = 64 << 10, 1 << 20
_LARGEST = 4 << 20
"""Bytes of a file of arrangements that is still read."""
_CHOICES = {
    field.name: type(default)
    for field in fields(Arrangement)
    if isinstance(default := getattr(Arrangement(), field.name), StrEnum)
}
"""The filters and orders of an arrangement, by name; each is stored as its words."""


def content_key(bundle: Path) -> str:
    """Return a hash of a bundle's content; "" where it is no file or folder."""
    digest = hashlib.sha256()
    try:
        if bundle.is_dir():
            files = [path for path in sorted(bundle.rglob("*")) if path.is_file()][:10_000]
        else:
            files = [bundle]
        for path in files:
            size = path.stat().st_size
            name = str(path.relative_to(bundle)) if path != bundle else ""
            digest.update(f"{name}\0{size}\0".encode(errors="surrogateescape"))
            with path.open("rb") as file:
                digest.update(file.read(_HEAD))
                file.seek(max(_HEAD, size - _TAIL))
                digest.update(file.read(_TAIL))
    except (OSError, ValueError):
        return ""
    return digest.hexdigest()[:32]


class Arrangements:
    """The arrangements of the cases of one bundle, written whenever one changes."""

    def __init__(self, key: str = "", known: Mapping[str, Arrangement] | None = None) -> None:
        self._key = key
        self._known = dict(known or {})
        self._writing = threading.Lock()

    @classmethod
    def read(cls, bundle: Path) -> Arrangements:
        """Return the arrangements that were written for a bundle before."""
        key = content_key(bundle)
        return cls(key, read_arrangements(key))

    def of(self, case: Case) -> Arrangement:
        """Return what is arranged for a case."""
        return self._known.get(case_name(case), Arrangement())

    def change(self, case: Case, arrangement: Arrangement) -> None:
        """Replace what is arranged for a case, and write it; any thread may call it."""
        with self._writing:
            self._known[case_name(case)] = arrangement
            write_arrangements(self._key, self._known)


def arrangements_file(key: str) -> Path:
    """Return the file that holds the arrangements of the bundle of this content key."""
    return state_folder() / "views" / f"{key}.json"


def read_arrangements(key: str) -> dict[str, Arrangement]:
    """Return the arrangements of a bundle by case name; none where the file cannot be read."""
    if not key:
        return {}
    try:
        path = arrangements_file(key)
        if path.stat().st_size > _LARGEST:
            return {}
        stored = orjson.loads(path.read_bytes())
        if stored["schema"] != SCHEMA:
            return {}
        return {str(name): arrangement_of(one) for name, one in stored["cases"].items()}
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        # A file that another version wrote, or that a full disk cut off, is passed over.
        return {}


def write_arrangements(key: str, arrangements: Mapping[str, Arrangement]) -> Path | None:
    """Write the arrangements of a bundle by case name; return the file, None on failure."""
    if not key:
        return None
    cases = {package: plain_arrangement(one) for package, one in arrangements.items()}
    try:
        path = arrangements_file(key)
        make_private_folder(path.parent)
        unfinished = path.with_suffix(".part")
        write_private(unfinished, orjson.dumps({"schema": SCHEMA, "cases": cases}))
        unfinished.replace(path)
    except (OSError, RuntimeError, ValueError, TypeError):
        return None
    return path


def plain_arrangement(one: Arrangement) -> dict[str, Any]:
    """Return an arrangement as values that JSON has."""
    plain: dict[str, Any] = {name: str(getattr(one, name)) for name in _CHOICES}
    plain["pinned"] = [str(lane) for lane in one.pinned]
    plain["hidden"] = sorted(str(lane) for lane in one.hidden)
    plain["turned"] = [list(pair) for pair in one.turned]
    plain["unfolded"] = one.unfolded
    chosen = one.waits_of
    plain["waits_of"] = [str(chosen.totals), chosen.key] if chosen is not None else None
    shown = one.output
    plain["output"] = [shown.goroutine, int(shown.level), shown.last_ns, shown.text]
    plain["marks"] = list(one.marks)
    plain["views"] = [
        {
            "name": each.name,
            "view": _plain_view(each.view),
            "pane": each.pane,
            "arranged": list(each.arranged),
        }
        for each in one.views
    ]
    plain["left"] = _plain_view(one.left) if one.left is not None else None
    return plain


def arrangement_of(plain: Mapping[str, Any]) -> Arrangement:
    """Return the arrangement that was made plain.

    Raises:
        ValueError, KeyError, TypeError, AttributeError, IndexError: it is no such thing.
    """
    goroutine, level, last, text = plain["output"]
    left = plain["left"]
    made = Arrangement(
        pinned=tuple(lane_named(name) for name in plain["pinned"]),
        hidden=frozenset(lane_named(name) for name in plain["hidden"]),
        turned=tuple((str(key), bool(opened)) for key, opened in plain["turned"]),
        output=OutputFilter(int(goroutine), Level(level), int(last), str(text)),
        marks=tuple(int(one) for one in plain["marks"]),
        views=tuple(
            SavedView(
                str(one["name"]),
                _view(one["view"]),
                str(one.get("pane", "")),
                tuple(map(str, one.get("arranged", ()))),
            )
            for one in plain["views"]
        ),
        left=_view(left) if left is not None else None,
    )
    choices: dict[str, Any] = {"unfolded": bool(plain.get("unfolded", False))}
    with suppress(ValueError, KeyError, TypeError):
        totals, key = plain["waits_of"]
        choices["waits_of"] = WaitsOf(WaitTotals(totals), str(key))
    for name, kind in _CHOICES.items():
        with suppress(ValueError, KeyError):  # a choice that another version had
            choices[name] = kind(plain[name])
    return replace(made, **choices)


def _plain_view(view: Viewport) -> dict[str, Any]:
    chosen = view.selection
    return {
        "extent": list(view.extent),
        "window": [view.start_ns, view.end_ns],
        "cursor": view.cursor_ns,
        "lane": str(chosen.lane) if chosen.lane is not None else "",
        "selected": [chosen.test, chosen.line, chosen.failure, chosen.subject.value],
        "finding": chosen.finding,
        "only_test": view.only_test,
        "folded": view.folded,
        "gaps": [list(gap) for gap in view.gaps],
        "filter": view.filter,
    }


def _view(plain: Mapping[str, Any]) -> Viewport:
    low, high = plain["extent"]
    start, end = plain["window"]
    test, line, failure, subject = plain["selected"]
    lane = lane_named(plain["lane"]) if plain["lane"] else None
    finding = max(0, int(plain.get("finding", 0)))
    chosen = Selection(lane, int(test), int(line), int(failure), finding, SelectionKind(subject))
    gaps = tuple(Gap(int(begin), int(until)) for begin, until in plain.get("gaps", ()))
    whole = Viewport.whole(*Extent(int(low), int(high)))
    whole = replace(whole, folded=bool(plain.get("folded", False)), gaps=gaps)
    shown = whole.window(int(start), int(end)).at(int(plain["cursor"]))
    only, text = int(plain["only_test"]), str(plain["filter"])
    return replace(shown, selection=chosen, only_test=only, filter=text)
