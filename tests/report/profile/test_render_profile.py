"""Every view has every form that makes sense of it."""

from __future__ import annotations

import pytest

from flakecore.errors import ProfileError
from flakecore.pprof import ProfileFrame, read_profile
from flakecore.report.profile.profile_request import ProfileRequest, profile_shown
from flakecore.report.profile.render_profile import (
    ProfileFormat,
    ProfileView,
    View,
    render_profile,
    view_of,
)
from pprof.made import counted, profile_of

REQUEST = ProfileRequest("cpu")
MADE = profile_of([((ProfileFrame("p.f", "a.go", 3),), (), (1, 5))])


@pytest.mark.parametrize(
    ("view", "form", "begins"),
    [
        (View(ProfileView.TOP), ProfileFormat.TEXT, b"cpu: cpu (nanoseconds)\nShowing 1 of 1"),
        (View(ProfileView.TREE), ProfileFormat.TEXT, b"cpu: cpu (nanoseconds)\nShowing 1 of 1"),
        (View(ProfileView.PEEK, "f"), ProfileFormat.TEXT, b"cpu: cpu (nanoseconds)\nShowing 1"),
        (View(ProfileView.LIST, "f"), ProfileFormat.TEXT, b"Total: 5ns\nROUTINE"),
        (View(ProfileView.FLAME), ProfileFormat.TEXT, b"p.f 5\n"),
        (View(ProfileView.TOP), ProfileFormat.FOLDED, b"p.f 5\n"),
        (View(ProfileView.TOP), ProfileFormat.SVG, b"<svg "),
        (View(ProfileView.TOP), ProfileFormat.JSON, b'{\n  "schema": "flaketui.profile/1"'),
        (View(ProfileView.LIST, "f"), ProfileFormat.JSON, b'{\n  "schema": "flaketui.profile/1"'),
    ],
)
def test_a_view_has_its_form(view: View, form: ProfileFormat, begins: bytes) -> None:
    assert render_profile(profile_shown(MADE, REQUEST), REQUEST, view, form).startswith(begins)


def test_pprofs_own_form_holds_the_samples() -> None:
    data = render_profile(
        profile_shown(MADE, REQUEST), REQUEST, View(ProfileView.TOP), ProfileFormat.PPROF
    )
    assert counted(read_profile(data, name="x")) == counted(MADE)


def test_words_name_a_view_and_its_pattern() -> None:
    assert view_of(()) == View(ProfileView.TOP)
    assert view_of(("peek", "f")) == View(ProfileView.PEEK, "f")
    with pytest.raises(ProfileError, match="no pattern is given; write peek 'NAME'"):
        view_of(("peek",))
    for words in (("peek", "f", "g"), ("top", "f"), ("all",)):
        with pytest.raises(ProfileError, match="is no view of a profile; use top, tree"):
            view_of(words)
