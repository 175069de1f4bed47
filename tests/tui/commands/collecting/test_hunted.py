"""What a hunt ends with: how its conditions were chosen, how often each test failed, with what."""

from __future__ import annotations

import zipfile
from pathlib import Path

from flakecore.bundle import Attempt, Host, Manifest, Settings, encode
from flaketui.commands.collecting.hunted import hunted_sentences

NAME = "example.com/p.TestProcs"


def attempt(number: int, procs: int, *, drawn: bool = True) -> Attempt:
    failed = (NAME,) if procs == 1 else ()
    return Attempt(
        number=number,
        kept=False,
        exit_code=int(bool(failed)),
        failed=failed,
        settings=Settings(gomaxprocs=procs),
        drawn=drawn,
    )


def sentences(folder: Path, *attempts: Attempt) -> list[str]:
    manifest = Manifest(
        packages=("example.com/p",),
        host=Host(cpus=4),
        seed=1,
        runs=len(attempts),
        failures=sum(bool(each.exit_code) for each in attempts),
        attempts=attempts,
    )
    place = folder / "x.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("manifest.json", encode(manifest))
    return list(hunted_sentences(place, manifest))


def test_what_failures_go_with_is_told_of_the_runs_that_were_drawn_evenly(tmp_path: Path) -> None:
    drawn = [attempt(number, 1 if number % 2 else 4) for number in range(1, 21)]
    learned = [attempt(number, 1, drawn=False) for number in range(21, 31)]
    how, rate, goes_with = sentences(tmp_path, *drawn, *learned)
    assert how.startswith("20 of 30 runs drew their conditions evenly")
    assert rate.startswith("TestProcs failed 10 of 20 drawn evenly, 50.0 % (95 %: ")
    assert rate.endswith("; 20 of 30 in all")
    assert goes_with.startswith(
        "associated: TestProcs: Failed 10 of 10 with GOMAXPROCS=1, 0 of 10 without (p = "
    )


def test_without_a_failure_it_is_told_how_rare_it_is_at_most(tmp_path: Path) -> None:
    (only,) = sentences(tmp_path, *(attempt(number, 4) for number in range(1, 31)))
    assert only == "No run failed: 0 of 30, below 11 % (95 %)"


def test_one_failure_alone_asks_for_more(tmp_path: Path) -> None:
    told = sentences(tmp_path, attempt(1, 4), attempt(2, 1), attempt(3, 4))
    assert any("--until-fail 5 goes on" in each for each in told)
    told = sentences(tmp_path, attempt(1, 4), attempt(2, 1), attempt(3, 1))
    assert not any("--until-fail 5" in each for each in told)


def test_of_a_single_run_nothing_is_told(tmp_path: Path) -> None:
    assert sentences(tmp_path, attempt(1, 1)) == []
