"""The keys of the Profile pane's own."""

from __future__ import annotations

from flaketui.view.key import SHOW, Key

_ROWS = (
    ("up", "U", "zoom_out", "zoom out of a frame of the profile"),
    ("turn", "i", "turn_over", "turn the profile over: callers below callees"),
    ("lines", "a", "by_line", "show the profile by line, or by function"),
    ("sides", "b", "both_sides", "show a function of the profile between callers and callees"),
    ("source", "C", "show_source", "show the code of a function with what the profile charges"),
    ("measure", "M", "count_other", "count something else in the profile: bytes, objects, times"),
    ("series", "T", "show_series", "list profiles of one run by time, or the heap by repetition"),
)
PROFILE_KEYS: tuple[Key, ...] = tuple(
    Key(f"profile-{name}", key, key, action, SHOW, does, pane="profile")
    for name, key, action, does in _ROWS
)
