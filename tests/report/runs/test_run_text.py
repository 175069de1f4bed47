"""Many runs as a person reads them."""

from __future__ import annotations

from flakecore.comparison import Run, failure_rates
from flakecore.report.runs import render_run_text


def run(number: int, *failed: str, procs: str = "4", **signatures: str) -> Run:
    conditions = {"GOMAXPROCS": procs, "race": "on"}
    return Run(
        "b.zip", number, 0, 31_000_000, failed, not failed, ("p",), conditions, signatures, True
    )


def text(runs: list[Run], *, in_full: bool = False) -> list[str]:
    return render_run_text(runs, failure_rates(runs), in_full=in_full).decode().splitlines()


def test_what_failed_stands_with_its_rate_what_it_goes_with_and_its_signature() -> None:
    runs = [run(at, "p.TestX", procs="1", **{"p.TestX": "assertion: got N"}) for at in range(1, 7)]
    runs += [run(at) for at in range(7, 21)]
    assert text(runs)[:8] == [
        "20 runs; failed: 6 of 20, 30.0 % (95 %: 14.5 to 51.9 %)",
        "  All ran with race on.",
        "",
        "p.TestX",
        "  failed 6 of 20, 30.0 % (95 %: 14.5 to 51.9 %)",
        "  associated: Failed 6 of 6 with GOMAXPROCS=1, 0 of 14 without (p = 3e-05).",
        "  - 6 times: assertion: got N",
        "",
    ]
    assert text(runs)[8:11] == [
        "Runs; what is not told of one is as in run 1:",
        "  1   FAIL  31.0ms  kept  GOMAXPROCS=1  TestX",
        "  2   FAIL  31.0ms  kept                TestX",
    ]
    assert text(runs)[-1] == "  20  pass  31.0ms  kept  GOMAXPROCS=4"


def test_of_many_runs_the_failing_ones_are_shown_and_the_rest_counted() -> None:
    runs = [run(at) for at in range(1, 101)] + [run(101, "p.TestX")]
    shown = text(runs)
    assert "FAIL" in shown[-2]
    assert shown[-1] == "  … 41 more; --all lists them"
    assert len(text(runs, in_full=True)) == len(shown) + 40


def test_a_hostile_name_is_shown_by_marks() -> None:
    assert "\x1b" not in "".join(text([run(1, "p.Test\x1b[31mX")]))


def test_no_run_has_no_rate() -> None:
    assert text([]) == ["no run: it has no result of any test", ""]
