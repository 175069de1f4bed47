"""What a report holds stays bounded, and says what it leaves out."""

from __future__ import annotations

import importlib
from pathlib import Path

import orjson
import pytest

from flakecore.bundle import open_bundle
from flakecore.diagnosis.rules import registry
from flakecore.diagnosis.rules.rule import Needs, Rule
from flakecore.report import Excerpt, render_json, render_text
from flakecore.report.excerpt import OutputBudget
from flakecore.timeline import load_cases
from flakecore.times import SECOND


def failing(folder: Path, tests: int, lines: int) -> Path:
    """Write the output of so many tests that fail at once, each after so many lines."""
    events = []
    for number in range(tests):
        test = {"Time": "2026-01-02T03:04:05Z", "Package": "p", "Test": f"Test{number:04d}"}
        events.append(test | {"Action": "run"})
        events += [test | {"Action": "output", "Output": f"line {n}\n"} for n in range(lines)]
        events.append(test | {"Action": "output", "Output": "    a_test.go:3: boo\n"})
        events.append(test | {"Action": "fail"})
    (folder / "test.json").write_bytes(b"".join(orjson.dumps(e) + b"\n" for e in events))
    return folder


def test_lines_before_many_failures_are_bounded_and_counted(tmp_path: Path) -> None:
    with open_bundle(failing(tmp_path, tests=600, lines=10)) as bundle:
        cases = load_cases(bundle)
        bounded = Excerpt(last_ns=5 * SECOND)
        text = render_text(bundle, cases, bounded)
        assert len(text) < 3_000_000
        assert "earlier lines left out; --all shows all" in text
        told = orjson.loads(render_json(bundle, cases, bounded))
    last = told["cases"][0]["failures"][-1]
    assert len(last["output"]) == 20
    assert last["output"][-1]["text"] == "    a_test.go:3: boo"
    assert last["output_left_out"] > 5_000


def test_all_of_them_are_shown_where_that_is_asked_for(tmp_path: Path) -> None:
    with open_bundle(failing(tmp_path, tests=1, lines=300)) as bundle:
        cases = load_cases(bundle)
        some = render_text(bundle, cases, Excerpt(last_ns=5 * SECOND))
        every = render_text(bundle, cases, Excerpt(last_ns=5 * SECOND, everything=True))
    assert "101 earlier lines left out" in some
    assert "left out" not in every.split("before it:")[1]
    assert "line 0" in every.split("before it:")[1]


def test_all_output_is_bounded_at_both_ends_and_what_is_left_out_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Excerpt(output=True)
    with open_bundle(failing(tmp_path, tests=2, lines=100)) as bundle:
        cases = load_cases(bundle)
        whole = orjson.loads(render_json(bundle, cases, asked))["cases"][0]
        assert whole["output_left_out"] == 0
        monkeypatch.setattr(OutputBudget.__init__, "__defaults__", (20, 10_000))
        some = orjson.loads(render_json(bundle, cases, asked))["cases"][0]
        text = render_text(bundle, cases, asked)
        every = orjson.loads(render_json(bundle, cases, Excerpt(True, everything=True)))
        monkeypatch.setattr(OutputBudget.__init__, "__defaults__", (1_000, 30))
        few = orjson.loads(render_json(bundle, cases, asked))["cases"][0]
    assert some["output"] == [*whole["output"][:10], *whole["output"][-10:]]
    assert some["output_left_out"] == len(whole["output"]) - 20
    shown = text.partition("printed:")[2].splitlines()
    assert f"… {some['output_left_out']} lines left out; --all shows all" in shown[11]
    assert every["cases"][0]["output"] == whole["output"]
    assert sum(len(line["text"]) for line in few["output"]) <= 30
    assert few["output_left_out"] == len(whole["output"]) - len(few["output"]) > 0


def test_a_line_without_end_stands_with_its_failure_in_part(tmp_path: Path) -> None:
    log = b"=== RUN   TestA\n%b\n--- FAIL: TestA (0.00s)\nFAIL\n" % (b"x" * 1_000_000)
    (tmp_path / "x.log").write_bytes(log)
    with open_bundle(tmp_path) as bundle:
        cases = load_cases(bundle)
        some = orjson.loads(render_json(bundle, cases))
        every = orjson.loads(render_json(bundle, cases, Excerpt(everything=True)))
    (line,) = some["cases"][0]["failures"][0]["test_output"]["lines"]
    assert line.endswith("x… 934,464 more characters")
    (line,) = every["cases"][0]["failures"][0]["test_output"]["lines"]
    assert len(line) == 1_000_000


def test_a_rule_that_fails_is_named_and_the_report_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(_: object) -> object:
        raise KeyError("unexpected")

    broken = Rule("broken-rule", Needs.NOTHING, find)  # type: ignore[arg-type]
    module = importlib.import_module("flakecore.diagnosis.explanation")
    monkeypatch.setattr(module, "RULES", (broken, *registry.RULES))
    with open_bundle(failing(tmp_path, tests=1, lines=1)) as bundle:
        text = render_text(bundle, load_cases(bundle))
    assert "✗ Test0000" in text
    assert "Test0000: rule broken-rule is left out: an error of the program's own (KeyError" in (
        " ".join(text.split())
    )


def test_a_reader_that_fails_is_a_loss_with_the_files_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object, **__: object) -> object:
        raise RecursionError

    (tmp_path / "other.log").write_text("=== RUN   TestA\n--- FAIL: TestA (0.00s)\nFAIL\n")
    monkeypatch.setattr("flakecore.timeline.case_index.read_text", read)
    with open_bundle(failing(tmp_path, tests=1, lines=1)) as bundle:
        text = render_text(bundle, load_cases(bundle))
    assert "✗ Test0000" in text
    assert "other.log: it cannot be read: an error of the program's own (RecursionError" in (
        " ".join(text.split())
    )


RACE = """==================
WARNING: DATA RACE
Write at 0x00c000012{n:03x} by goroutine {n}:
  example.com/p.add()
      /p/p_test.go:{n} +0x33

Previous read at 0x00c000012{n:03x} by goroutine 1:
  example.com/p.sum()
      /p/p_test.go:9 +0x33
==================
"""


def test_races_of_a_failure_are_bounded_and_counted(tmp_path: Path) -> None:
    reports = "".join(RACE.format(n=n) for n in range(10, 260))
    end = "    testing.go:1490: race detected during execution of test\n--- FAIL: TestA (0.00s)\n"
    (tmp_path / "x.log").write_text(f"=== RUN   TestA\n{reports}{end}FAIL\nFAIL\tp\t0.1s\n")
    with open_bundle(tmp_path) as bundle:
        cases = load_cases(bundle)
        some = orjson.loads(render_json(bundle, cases))["cases"][0]["failures"][0]
        every = orjson.loads(render_json(bundle, cases, Excerpt(everything=True)))
    whole = every["cases"][0]["failures"][0]
    assert len(whole["races"]) == 250
    assert whole["races_left_out"] == 0
    assert some["races"] == whole["races"][:200]
    assert some["races_left_out"] == 50
    last = some["findings"][19]["evidence"][-1]["text"]
    assert last == "230 more races were reported while it ran"
