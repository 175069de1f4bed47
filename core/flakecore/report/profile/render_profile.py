"""The views of a profile and the formats that each has, by which the command chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flakecore.errors import ProfileError
from flakecore.pprof import encoded, folded, nodes_by
from flakecore.report.profile.flame_svg import flame_svg
from flakecore.report.profile.profile_json import lines_json, profile_json
from flakecore.report.profile.profile_request import ProfileRequest, ProfileShown
from flakecore.report.profile.profile_text import list_text, top_text, tree_text
from flakecore.timeline.sources import Sources


class ProfileView(StrEnum):
    """What of a profile is shown."""

    TOP = "top"
    TREE = "tree"
    PEEK = "peek"
    LIST = "list"
    FLAME = "flame"


class ProfileFormat(StrEnum):
    """In which form."""

    TEXT = "text"
    JSON = "json"
    FOLDED = "folded"
    SVG = "svg"
    PPROF = "pprof"


@dataclass(frozen=True, slots=True)
class View:
    """A view, and the pattern of the functions that it is of; "" for all."""

    what: ProfileView
    pattern: str = ""


def render_profile(
    found: ProfileShown,
    request: ProfileRequest,
    view: View,
    form: ProfileFormat,
    sources: Sequence[Sources] = (),
) -> bytes:
    """Return a view of a profile in some form.

    Raises:
        ProfileError: if a pattern is no regular expression or matches nothing.
    """
    if form is ProfileFormat.PPROF:
        return encoded(found.profile)
    if form is ProfileFormat.SVG:
        return flame_svg(found, request).encode("utf-8", "replace")
    text = _text(found, request, view, form, sources)
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")


def _text(
    found: ProfileShown,
    request: ProfileRequest,
    view: View,
    form: ProfileFormat,
    sources: Sequence[Sources],
) -> str | bytes:
    lists = view.what is ProfileView.LIST
    if form is ProfileFormat.JSON:
        if lists:
            return lines_json(found, view.pattern)
        return profile_json(found, request, view.pattern)
    if form is ProfileFormat.FOLDED or view.what is ProfileView.FLAME:
        stacks = found.profile.stacks
        values = found.profile.stack_values(found.column)
        rows = folded(stacks, values, nodes_by(stacks, request.granularity))
        return "".join(f"{row}\n" for row in rows)
    match view.what:
        case ProfileView.TREE:
            return tree_text(found, request)
        case ProfileView.PEEK:
            return tree_text(found, request, view.pattern)
        case ProfileView.LIST:
            return list_text(found, sources, view.pattern)
    return top_text(found, request)


def view_of(words: Sequence[str]) -> View:
    """Return the view that words name: ``top``, ``peek RE``; the first without any.

    Raises:
        ProfileError: if they name none.
    """
    if not words:
        return View(ProfileView.TOP)
    name, *patterns = words
    with_pattern = name in (ProfileView.PEEK, ProfileView.LIST)
    if with_pattern and not patterns:
        raise ProfileError(
            f"{name} shows functions that match, and no pattern is given",
            remedy=f"write {name} 'NAME'",
        )
    if name not in list(ProfileView) or len(patterns) != with_pattern:
        views = "top, tree, peek RE, list RE, flame, series or contention"
        raise ProfileError(f"{' '.join(words)!r} is no view of a profile", remedy=f"use {views}")
    return View(ProfileView(name), *patterns)
