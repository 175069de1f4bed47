"""A log that inflates beyond its bound is read to its end; a bomb stays within bounds all the same.

The bounds are those of a real bundle, a hundred or a thousand times smaller.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import pytest

from flakecore.bundle import Bundle, Kind, open_bundle
from flakecore.bundle.sources import abridge, inflate, spool
from flakecore.bundle.sources.abridge import Abridgement
from flakecore.bundle.sources.spool import CutShortError
from flakecore.gotest import Outcome, PackageRun, read_json, read_text
from flakecore.text.left_out import is_left_out
from flakecore.timeline import load_cases

BEGIN, END, MIDDLE = 200_000, 40_000, 20_000
STAMP = "2026-01-02T03:04:05Z"


@pytest.fixture(autouse=True)
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflate, "MIN_BYTES_FOR_RATIO", BEGIN)
    monkeypatch.setattr(inflate, "MAX_RATIO", 1)
    monkeypatch.setattr(inflate, "_PIECE", 5_000)
    monkeypatch.setattr(abridge, "MAX_END", END)
    monkeypatch.setattr(abridge, "MAX_MIDDLE", MIDDLE)


def told(action: str, test: str, output: str = "") -> bytes:
    event = {"Time": STAMP, "Action": action, "Package": "p", "Test": test}
    return orjson.dumps(event | ({"Output": output} if output else {})) + b"\n"


def much(test: str, size: int) -> bytes:
    """Return a line of ``size`` bytes as test2json tells of it: in pieces of 4 KB."""
    return told("output", test, "a" * 4096) * (size // 4096) + told("output", test, "z\n")


def zipped(path: Path, data: bytes, name: str = "test.json") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return path


def read(bundle: Bundle) -> tuple[bytes, str]:
    """Return what is kept of the one file, and what is said of it."""
    (artefact,) = bundle.artefacts
    return bytes(bundle.read(artefact)), " ".join(loss.what for loss in bundle.losses)


def run_of(data: bytes) -> PackageRun:
    (run,) = read_json(data, name="x").packages
    return run


LONG = b"".join(
    [
        told("run", "TestEndsInTheMiddle"),
        told("run", "TestPrints"),
        much("TestPrints", 300_000),
        told("output", "TestEndsInTheMiddle", "    a_test.go:3: boo\n"),
        told("fail", "TestEndsInTheMiddle"),
        told("run", "TestBeginsInTheMiddle"),
        much("TestPrints", 300_000),
        told("output", "TestPrints", "    b_test.go:9: at the end\n"),
        told("fail", "TestPrints"),
        told("pass", "TestBeginsInTheMiddle"),
    ]
)


def test_results_in_the_middle_and_the_failure_at_the_end_are_there(tmp_path: Path) -> None:
    with open_bundle(zipped(tmp_path / "x.zip", LONG)) as bundle:
        data, said = read(bundle)
        run = run_of(data)
        assert len(data) < BEGIN + 2 * END + 20_000 < len(LONG)
        assert {test.name: test.outcome for test in run.tests} == {
            "TestEndsInTheMiddle": Outcome.FAIL,
            "TestPrints": Outcome.FAIL,
            "TestBeginsInTheMiddle": Outcome.PASS,
        }
        texts = list(run.lines.texts)
        assert "    a_test.go:3: boo" in texts
        assert "    b_test.go:9: at the end" in texts
        assert "none of which holds a result" in said
        failing = {failure.message for case in load_cases(bundle) for failure in case.failures}
        assert failing == {"boo", "at the end"}


def test_what_is_left_out_is_told_where_it_was_and_joins_no_lines(tmp_path: Path) -> None:
    with open_bundle(zipped(tmp_path / "x.zip", LONG)) as bundle:
        run = run_of(read(bundle)[0])
    texts = list(run.lines.texts)
    (place,) = [at for at, text in enumerate(texts) if is_left_out(text)]
    assert set(texts[place - 1]) == {"a"}
    assert len(texts[place - 1]) <= BEGIN


def test_all_of_it_is_read_when_that_is_asked_for(tmp_path: Path) -> None:
    with open_bundle(zipped(tmp_path / "x.zip", LONG), bounded=False) as bundle:
        assert read(bundle) == (LONG, "")


def test_a_compressed_plain_log_keeps_its_end(tmp_path: Path) -> None:
    text = b"=== RUN   TestA\n" + b"a\n" * 200_000 + b"--- FAIL: TestA (1.00s)\n=== RUN   TestB\n"
    text += b"b\n" * 200_000 + b"panic: boo\nFAIL\tp\t1.0s\n"
    (tmp_path / "x.log.gz").write_bytes(gzip.compress(text))
    with open_bundle(tmp_path / "x.log.gz") as bundle:
        data, said = read(bundle)
    assert data.endswith(text[-END:])
    assert len(data) < BEGIN + 2 * END
    assert b"bytes are left out here]\n--- FAIL: TestA" in data
    assert "left out" in said
    (run,) = read_text(data, name="x").packages
    assert [test.outcome for test in run.tests] == [Outcome.FAIL, Outcome.UNFINISHED]


BOMBS = {
    "results": told("run", "TestA") + told("pass", "TestA"),
    "output": told("output", "TestA", "--- FAIL: TestA\n"),
    "crashes": told("output", "TestA", "panic: a\n"),
    "one line": b"{",
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_held_within_bounds(kind: str, tmp_path: Path) -> None:
    bomb = told("start", "TestA") + BOMBS[kind] * (4_000_000 // len(BOMBS[kind]))
    with open_bundle(zipped(tmp_path / "x.zip", bomb)) as bundle:
        data, said = read(bundle)
    assert len(data) < BEGIN + 2 * END + MIDDLE + 10_000
    assert "bytes between its beginning and its end are left out" in said
    assert kind == "one line" or "perhaps with results" in said


def test_all_logs_of_a_bundle_together_are_read_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MAX_PASSED", 3 * len(LONG) // 2)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for at in range(4):
            archive.writestr(f"{at}/test.json", LONG)
    with open_bundle(tmp_path / "x.zip") as bundle:
        ends = [bytes(bundle.read(each)).endswith(LONG[-100:]) for each in bundle.artefacts]
        assert ends[0]
        assert not ends[3]
        assert sum("all beyond its first" in loss.what for loss in bundle.losses) == 4 - sum(ends)


def test_what_is_no_log_is_cut_as_it_was(tmp_path: Path) -> None:
    output = b"flakeoutput1\0\0\0\0" + b"a\n" * 400_000
    with open_bundle(zipped(tmp_path / "x.zip", output, "packages/p/output")) as bundle:
        (artefact,) = bundle.of_kind(Kind.OUTPUT)
        assert bytes(bundle.read(artefact)) == output[:BEGIN]


def pieces_until(data: Sequence[bytes], error: CutShortError) -> Iterator[bytes]:
    yield from data
    raise error


def test_of_a_damaged_log_the_last_that_can_be_read_is_its_end() -> None:
    found: list[bytes] = []
    pieces = pieces_until([b"a\n" * 1_000] * 200, CutShortError("it is damaged"))
    with pytest.raises(CutShortError, match="it is damaged"):
        found.extend(Abridgement(BEGIN, 1 << 30).of(pieces))
    data = b"".join(found)
    assert BEGIN + END < len(data) < BEGIN + 2 * END
    assert b"bytes are left out here]\na\n" in data
