"""Tables of the README and of the pages below it that come from the program itself."""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from flakecore.comparison import FEATURES
from flakecore.fleet import FLEET_TABLES
from flakecore.fleet.schema import Column
from flakecore.profile_kinds import PROFILE_KINDS
from flakecore.report.features.feature_text import threshold
from flakecore.report.sql.bundle_tables import SAMPLES, WAKES
from flakecore.timeline import TABLES, CaseTables
from flaketui.app.keys import KEYS, key_table_markdown
from flaketui.commands import export, profile, report
from flaketui.commands.collecting import collect

ROOT = Path(__file__).parents[1]
_FIRST = ("failure-next", "failure-previous")
_COLUMN = re.compile(r"^    (\w+): (\w+), (.*(?:\n     .*)*)", re.MULTILINE)


def option_table_markdown() -> str:
    """Return the options of ``flaketui collect``, a row for each."""
    return _options_of(collect.add_parser(argparse.ArgumentParser().add_subparsers()))


def report_option_table_markdown() -> str:
    """Return the options of ``flaketui report``, a row for each."""
    return _options_of(report.add_parser(argparse.ArgumentParser().add_subparsers()))


def export_option_table_markdown() -> str:
    """Return the options of ``flaketui export``, a row for each."""
    return _options_of(export.add_parser(argparse.ArgumentParser().add_subparsers()))


def profile_option_table_markdown() -> str:
    """Return the options of ``flaketui profile``, a row for each."""
    return _options_of(profile.add_parser(argparse.ArgumentParser().add_subparsers()))


def _options_of(parser: argparse.ArgumentParser) -> str:
    rows = ["| option | does |", "| --- | --- |"]
    for action in parser._actions:
        if action.option_strings and "--help" not in action.option_strings:
            value = f" {action.metavar}" if action.metavar else ""
            value = f" [{action.metavar}]" if action.nargs == "?" else value
            names = " ".join(f"`{name}{value}`" for name in action.option_strings)
            rows.append(f"| {names} | {action.help} |")
    return "\n".join(rows) + "\n"


def first_keys_markdown() -> str:
    """Return the keys between failures and those that the explorer's bottom line hints at."""
    rows = ["| key | does |", "| --- | --- |"]
    for key in KEYS:
        if key.hint or key.id in _FIRST:
            shown = " ".join(f"`{part}`" for part in key.shown.split(" "))
            rows.append(f"| {shown} | {key.help} |")
    return "\n".join(rows) + "\n"


def documented_columns(table: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, type and meaning of each column that a table's docstring describes."""
    text = inspect.getdoc(getattr(CaseTables, table)) or ""
    for name, dtype, meaning in _COLUMN.findall(text.partition("Columns:")[2]):
        yield name, dtype, " ".join(meaning.replace("``", "`").split()).removesuffix(".")


def case_tables_markdown() -> str:
    """Return the columns of each of a case's tables."""
    parts = []
    for table in TABLES:
        summary = (inspect.getdoc(getattr(CaseTables, table)) or "").partition("\n")[0]
        rows = [f"### {table}\n", f"{summary.replace('``', '`')}\n"]
        rows += ["| column | dtype | is |", "| --- | --- | --- |"]
        rows += [
            f"| `{name}` | {dtype} | {text} |" for name, dtype, text in documented_columns(table)
        ]
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def feature_table_markdown() -> str:
    """Return the features of runs and tests, a row for each."""
    rows = ["| feature | unit | is | thresholds |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{each.id}` | {each.unit} | {each.meaning} | {threshold(each)} |" for each in FEATURES
    ]
    rows.append("| `blocked_share:REASON` | ratio | the same by what they waited for | |")
    return "\n".join(rows) + "\n"


def file_table_markdown() -> str:
    """Return the files of a bundle that ``collect`` makes, a row for each."""
    rows = ["| file | holds |", "| --- | --- |"]
    rows += [
        "| `manifest.json` | how it came to be |",
        "| `test.json` | output of `go test -json` |",
    ]
    rows.append("| `go-stderr.txt` | output of Go itself, if any |")
    rows.append(
        "| `packages/…/trace.out` | a package's execution trace, stored as it is; `…` is its import"
        " path |"
    )
    rows.append(
        "| `packages/…/flight-….out` | with `--flight` in its stead the time before one failure,"
        " written at that time, in nanoseconds since 1970 |"
    )
    rows += [f"| `packages/…/{kind.file}` | {kind.holds} |" for kind in PROFILE_KINDS]
    rows += [
        "| `packages/…/goroutine.txt` | the stacks of all goroutines at the end, or before the"
        " deadline |",
        "| `packages/…/objects.json` | pages, one a line, of what every goroutine waits on and who"
        " holds it; `core/flakecore/objects/read_pages.py` describes the format |",
        "| `packages/…/output` `writes` | what the test binary wrote, and the time and size of each"
        " write; `core/flakecore/collect/binaries/relay.py` describes the format |",
        "| `predicates.jsonl` | of every run of a hunt what happened in it, and its features;"
        " described below |",
        "| `sources/…` | the Go files of the modules under test, those of the packages under test"
        " first, 2 MB at most |",
        "| `attempts/007/…` | of several runs, those that were kept, each with the files above |",
        "| `pulled/goroutine-….txt` `block-….pprof` `mutex-….pprof` `mem-….pprof` `trace-….out` |"
        " what `--pull` took; `…` is the time in nanoseconds since 1970 |",
    ]
    return "\n".join(rows) + "\n"


def fleet_tables_markdown() -> str:
    """Return the columns of each table of a scanned fleet."""
    return "\n".join(_columns_of(name, columns) for name, columns in FLEET_TABLES.items())


def sql_tables_markdown() -> str:
    """Return the columns of the tables that only SQL has."""
    return "\n".join((_columns_of("wakes", WAKES), _columns_of("samples", SAMPLES)))


def _columns_of(table: str, columns: tuple[Column, ...]) -> str:
    rows = [f"**{table}**\n", "| column | dtype | is |", "| --- | --- | --- |"]
    rows += [f"| `{each.name}` | {each.type} | {each.meaning} |" for each in columns]
    return "\n".join(rows) + "\n"


GENERATED: dict[Path, dict[str, Callable[[], str]]] = {
    ROOT / "README.md": {"first keys": first_keys_markdown},
    ROOT / "core" / "README.md": {
        "tables": case_tables_markdown,
        "files": file_table_markdown,
        "features": feature_table_markdown,
        "fleet": fleet_tables_markdown,
        "sql": sql_tables_markdown,
    },
    ROOT / "tui" / "README.md": {
        "keys": key_table_markdown,
        "options": option_table_markdown,
        "report-options": report_option_table_markdown,
        "export-options": export_option_table_markdown,
        "profile-options": profile_option_table_markdown,
    },
}
"""By page: what stands between which of its marks."""
