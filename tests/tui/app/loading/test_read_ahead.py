"""A bundle is read while the program still loads, and whoever asks for it waits for the end."""

from __future__ import annotations

import subprocess
import sys

import pytest

from flakecore.bundle import Bundle, open_bundle
from flakecore.errors import BundleError
from flakecore.timeline import Progress
from flaketui.app.loading import read_ahead
from flaketui.app.loading.read_ahead import CancelledReadError, ReadAhead, ReadBundle
from program import SAMPLE


def test_the_first_case_has_been_read_at_the_end() -> None:
    read = ReadAhead(open_bundle(SAMPLE)).finished(lambda *_: None)
    assert read.cache.is_read(0)
    assert read.sources
    assert [failure.test_name for failure in read.cache.cases[0].failures]


def test_what_goes_wrong_is_told_to_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> ReadBundle:
        raise BundleError("gone", remedy="open another")

    monkeypatch.setattr(read_ahead, "read_bundle", fail)
    with pytest.raises(BundleError, match="gone"):
        ReadAhead(open_bundle(SAMPLE)).finished(lambda *_: None)


def test_reading_ends_when_nobody_waits_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []

    def endless(_bundle: Bundle, _opened: object, progress: Progress) -> ReadBundle:
        try:
            while True:
                progress("reading", 0.5)
        finally:
            ended.append("ended")

    def cancelled(_what: str, _fraction: float) -> None:
        raise CancelledReadError

    monkeypatch.setattr(read_ahead, "read_bundle", endless)
    ahead = ReadAhead(open_bundle(SAMPLE))
    with pytest.raises(CancelledReadError):
        ahead.finished(cancelled)
    ahead._thread.join(60)
    assert ended == ["ended"]


def test_reading_a_bundle_loads_nothing_that_draws() -> None:
    code = "import sys, flaketui.app.loading.read_ahead\nassert 'textual' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
