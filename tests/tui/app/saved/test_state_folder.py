"""Files in the person's state folder, and the log of a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.worker import WorkerFailed

from flaketui.app.saved.state_folder import crash_sentence, state_folder, write_state


def test_a_relative_state_home_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert state_folder() == tmp_path / "flaketui"
    monkeypatch.setenv("XDG_STATE_HOME", "somewhere")
    monkeypatch.setenv("HOME", "/home/gopher")
    assert state_folder() == Path("/home/gopher/.local/state/flaketui")


def test_a_file_is_named_after_what_it_is() -> None:
    path = write_state("copy", ".txt", "text\n")
    assert path is not None
    assert path.parent == state_folder()
    assert path.name.startswith("copy-")
    assert path.read_text() == "text\n"


def test_no_file_is_written_where_that_is_not_possible(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert write_state("copy", ".txt", "text") is None
    assert "ValueError: made up" in crash_sentence(ValueError("made up"))


def test_a_crash_in_a_thread_is_named_by_what_happened_there() -> None:
    sentence = crash_sentence(WorkerFailed(ZeroDivisionError("made up")))
    assert sentence.startswith("flaketui: internal error (ZeroDivisionError); the details are in ")
    log = Path(sentence.rpartition(" ")[2])
    assert "ZeroDivisionError: made up" in log.read_text()


def test_only_their_owner_may_read_what_is_kept() -> None:
    state_folder().mkdir(mode=0o755, parents=True, exist_ok=True)
    path = write_state("copy", ".txt", "text\n")
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
