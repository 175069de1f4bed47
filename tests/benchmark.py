"""Prints how fast the program is on this machine, beside Go's own tools on the same files."""

from __future__ import annotations

import argparse
import os
import platform
import sys

from rich.console import Console
from rich.table import Table

from benchmarks import inputs, keys, measure, operations, texts
from program import PROGRAM, SAMPLE


def main() -> int:
    """Measure what was asked for and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--large", action="store_true", help="add one of 115 MB if made on an idle machine"
    )
    parser.add_argument("--huge", action="store_true", help="add one of 600 MB, likewise")
    parser.add_argument(
        "--objects", action="store_true", help="add what it costs that the runtime knows objects"
    )
    chosen = parser.parse_args()
    # Programs are measured as people have them: compiled once, and not at every start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    load = os.getloadavg()[0]
    sizes = ["small", *(["large"] if chosen.large else []), *(["huge"] if chosen.huge else [])]
    table = Table("input", "what", "seconds", "million events/s", "peak MB", box=None)
    for size in sizes:
        rows_of_trace(table, inputs.SIZES[size])
    rows_of_start(table)
    of_keys = Table("input", "keys", "median", "highest", "wanted", box=None)
    of_texts = Table("output of tests", "what", "processor s", "peak MB", "wanted", box=None)
    rows_of_texts(of_texts)
    rows_of_keys(of_keys, inputs.SIZES[sizes[-1]])
    of_objects = Table("with objects", "without", "with", "times", "wanted", box=None)
    if chosen.objects:
        rows_of_objects(of_objects)
    console = Console(width=120)
    machine = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    console.print(f"{machine}; load before it began: {load:.1f}", highlight=False)
    console.print(table, highlight=False)
    console.print(of_texts, highlight=False)
    console.print(of_keys, highlight=False)
    if chosen.objects:
        console.print(of_objects, highlight=False)
    return 0


def rows_of_trace(table: Table, size: inputs.Size) -> None:
    """Add what a trace of one size costs, here and with the peers."""
    made = inputs.made(size)
    index = measure.full_index(made.trace)
    name = f"{made.trace.stat().st_size / 1e6:.0f} MB, {index.events / 1e6:.1f} M events"

    def row(what: str, seconds: float, peak: int | None, *, rate: bool = True) -> None:
        table.add_row(
            name,
            what,
            f"{seconds:.2f}",
            f"{index.events / seconds / 1e6:.2f}" if rate else "",
            "" if peak is None else f"{peak / 1e6:.0f}",
        )

    row("flaketui: open, last generation alone", index.late, None, rate=False)
    row("flaketui: full index", index.seconds, index.peak)
    reader = measure.run([*inputs.reference_reader(), str(made.trace)])
    row("Go's reader alone, no analysis", reader.seconds, reader.peak)
    for option in ("-d=footprint", "-d=parsed"):
        peer = measure.run([*inputs.trace_tool(), option, str(made.trace)])
        row(f"go tool trace {option}", peer.seconds, peer.peak)
    report = measure.run([str(PROGRAM), "report", str(made.bundle)])
    row("flaketui report", report.seconds, report.peak, rate=False)
    explorer = [str(PROGRAM), str(made.bundle)]
    seen = measure.first_view(explorer, "TestBusy", "worked for", columns=200, rows=50)
    row("flaketui: first view of the failure", seen, None, rate=False)
    table.add_row(name, "ratio: full index to Go's reader", f"{index.seconds / reader.seconds:.2f}")
    if size.name == "huge":
        # Some thirty times the file in memory: more than the machines have that this runs on.
        return
    web = [*inputs.trace_tool(), "-http=127.0.0.1:0", str(made.trace)]
    served = measure.until_said(web, "listening on")
    row("go tool trace until it answers", served.seconds, served.peak, rate=False)
    ratio = f"{seen / served.seconds:.3f}"
    table.add_row(name, "ratio: first view to go tool trace", ratio)


def rows_of_keys(table: Table, size: inputs.Size) -> None:
    """Add what a key costs on the sample's screen and, in work, on the largest trace asked for."""
    demo, shown = [str(PROGRAM), "demo"], "failure"
    for what, before, pressed, wanted in (
        ("cursor, bytes at 120x40", "", "LLLLLLLLHHHHHHHH", "median 4,000"),
        ("row, bytes at 120x40", "", "jjjjjjkkkkkk", ""),
        ("full pan, bytes at 120x40", "0++", "llllllhhhhhh", "30,000"),
        ("zoom, bytes at 120x40", "0", "++++++------", ""),
    ):
        sent = keys.bytes_per_key(demo, shown, before, pressed)
        table.add_row("sample", what, f"{sent.median:,.0f}", f"{sent.highest:,}", wanted)
    lag = keys.lag_after_held_key(demo, shown)
    table.add_row("sample", "lag after a held key, 200 KB/s", f"{lag:.2f} s", "", "0.3 s")
    made = inputs.made(size)
    name = f"{made.trace.stat().st_size / 1e6:.0f} MB"
    for work in keys.work_per_key([str(PROGRAM), str(made.bundle)], shown):
        table.add_row(
            name,
            f"work at 200x50, {work.zoom}",
            f"{work.median:.1f} ms",
            f"{work.high:.1f} ms (95%)",
            "16 ms (95%)",
        )


def rows_of_objects(table: Table) -> None:
    """Add what operations cost in a test binary that ``collect`` built, beside one of Go's."""
    for cost in operations.costs():
        times = cost.with_it / cost.without
        without, with_it = (f"{each:.1f} {cost.unit}" for each in (cost.without, cost.with_it))
        table.add_row(cost.what, without, with_it, f"{times:.2f}", cost.wanted)


def rows_of_texts(table: Table) -> None:
    """Add what a report of much test output costs."""
    for text in texts.TEXTS:
        run = measure.run([str(PROGRAM), "report", str(text.made())])
        table.add_row(
            text.name,
            "flaketui report",
            f"{run.processor:.2f}",
            f"{run.peak / 1e6:.0f}",
            text.wanted,
        )


def rows_of_start(table: Table) -> None:
    """Add what starting costs."""
    for what, command in {
        "flaketui --help": [str(PROGRAM), "--help"],
        "flaketui report": [str(PROGRAM), "report", str(SAMPLE)],
        "python -c pass": [sys.executable, "-c", "pass"],
    }.items():
        run = measure.best(command, 7)
        table.add_row("sample", what, f"{run.seconds:.3f}", "", f"{run.peak / 1e6:.0f}")


if __name__ == "__main__":
    sys.exit(main())
