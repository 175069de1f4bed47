from __future__ import annotations

import re

import orjson
from hypothesis import given
from hypothesis import strategies as st

from flakecore.report.json.json_text import json_bytes
from flakecore.text.printable import MARK


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_read_back_is_the_same_and_nothing_in_it_is_unsafe(text: str) -> None:
    written = json_bytes({text: [text]})
    assert orjson.loads(written) == {text: [text]}
    assert not _UNSAFE.search(written.decode())


_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def test_c1_del_and_directions_are_escaped() -> None:
    assert json_bytes("q\x9b31m\x7f\u202e\u200b") == rb'"q\u009b31m\u007f\u202e\u200b"'


def test_a_name_that_is_no_utf8_is_written_with_a_mark() -> None:
    assert orjson.loads(json_bytes({"\udcffx": ("\udcff", 1)})) == {f"{MARK}x": [MARK, 1]}
