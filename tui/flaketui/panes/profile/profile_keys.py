"""The keys of the Profile pane's own."""

from __future__ import annotations

from flaketui.view.key import SHOW, Key

PROFILE_KEYS: tuple[Key, ...] = (
    Key(
        "profile-up",
        "U",
        "U",
        "zoom_out",
        SHOW,
        "zoom out of a frame of the profile",
        pane="profile",
    ),
    Key(
        "profile-turn",
        "i",
        "i",
        "turn_over",
        SHOW,
        "turn the profile over: callers below callees",
        pane="profile",
    ),
    Key(
        "profile-lines",
        "a",
        "a",
        "by_line",
        SHOW,
        "show the profile by line, or by function",
        pane="profile",
    ),
    Key(
        "profile-sides",
        "b",
        "b",
        "both_sides",
        SHOW,
        "show a function of the profile between callers and callees",
        pane="profile",
    ),
    Key(
        "profile-source",
        "C",
        "C",
        "show_source",
        SHOW,
        "show the code of a function with what the profile charges",
        pane="profile",
    ),
    Key(
        "profile-measure",
        "M",
        "M",
        "count_other",
        SHOW,
        "count something else in the profile: bytes, objects, times",
        pane="profile",
    ),
    Key(
        "profile-series",
        "T",
        "T",
        "show_series",
        SHOW,
        "list profiles of one run by time, or the heap by repetition",
        pane="profile",
    ),
)
