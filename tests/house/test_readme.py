"""The README and the pages below it are true: tables, commands and examples are the program's."""

from __future__ import annotations

import dataclasses
import doctest
import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

import flakecore
from flakecore.bundle import SCHEMA, Manifest, open_bundle
from flakecore.collect.capture.evidence import KINDS
from flakecore.fleet import FleetStore
from flakecore.fleet.scan.places import bundle_places
from flakecore.fleet.scan.read_place import read_place
from flakecore.report.sql import query_bundle, query_fleet
from flakecore.timeline import ClockMethod, FailureKind
from flaketui.cli import COMMANDS
from program import SAMPLE, call_program
from readme_tables import GENERATED
from toolchains import RELEASES

ROOT = Path(__file__).parents[2]
README, CORE, TUI, CONTRIBUTING = (
    (ROOT / page).read_text()
    for page in ("README.md", "core/README.md", "tui/README.md", ".github/CONTRIBUTING.md")
)
PAGES = {"README.md": README, "core/README.md": CORE, "tui/README.md": TUI}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def section(title: str, page: str = README) -> str:
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, f"the page has no section {title!r}"
    return found[1]


def table_rows(text: str) -> list[list[str]]:
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if set(row[0]) != {"-"}]


def test_the_first_page_is_read_in_a_few_minutes() -> None:
    assert len(README.split()) <= 1600


@pytest.mark.parametrize(
    ("page", "name"), [(page, name) for page, tables in GENERATED.items() for name in tables]
)
def test_a_table_is_what_the_program_says(page: Path, name: str) -> None:
    shown = re.search(rf"<!-- {name} -->\n(.*)<!-- /{name} -->", page.read_text(), re.DOTALL)
    assert shown, f"{page.name} has lost the place for {name}"
    assert shown[1] == GENERATED[page][name](), "run: python3 tests/update_readme.py"


def test_the_examples_of_the_library_give_what_they_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(SAMPLE, tmp_path / "bundle.zip")
    monkeypatch.chdir(tmp_path)
    examples = doctest.DocTestParser().get_doctest(CORE, {}, "core/README.md", None, 0)
    assert len(examples.examples) > 20
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    assert runner.run(examples, out=told.append).failed == 0, "".join(told)


_EXTRAS = {name: name for name in ("cloud", "cluster", "parquet", "sql", "source")} | {
    "test": "tests"
}
"""The extras with rows in the table of dependencies, and the word for each there."""


def test_every_dependency_stands_in_the_table_with_what_it_is_for() -> None:
    def names(requirements: list[str]) -> list[str]:
        return [re.split(r"[^\w-]", requirement)[0] for requirement in requirements]

    expected = names(PROJECT["dependencies"])
    for extra, word in _EXTRAS.items():
        wanted = names(PROJECT["optional-dependencies"][extra])
        expected += [f"{name} ({word})" for name in wanted]
    listed = [row[0] for row in table_rows(CONTRIBUTING.partition("| needs | for |")[2])]
    assert listed == expected


def key_paths(value: object, path: str = "") -> set[str]:
    """Return every key of a JSON value as a path such as ``cases[].tests[].name``."""
    if isinstance(value, dict):
        below = [key_paths(item, f"{path}.{key}" if path else key) for key, item in value.items()]
        return {path, *(found for paths in below for found in paths)} - {""}
    if isinstance(value, list):
        return {path, *(found for item in value for found in key_paths(item, f"{path}[]"))}
    return {path}


def documented_key_paths(title: str) -> set[str]:
    """Return the paths that a table of the README names, those in its descriptions included."""
    paths: set[str] = set()
    for key, says, *_ in table_rows(section(title, CORE))[1:]:
        path = key.strip("`")
        inner = [name for name in re.findall(r"`([a-z_]+(?:\[\])?)`", says) if name != path]
        paths |= {path, *(f"{path}.{name}" for name in inner)}
    return paths


def test_every_key_of_the_json_report_is_described_and_none_that_is_not_there() -> None:
    report = json.loads(call_program("report", "--output", "--format", "json", SAMPLE).stdout)
    # What a loss holds is said in words: the sample has none to show. Ids of features are no keys.
    said = (".losses[].", ".features[].values.", ".features[].verdicts.")
    real = {path for path in key_paths(report) if not any(each in path for each in said)}
    real = {path.removesuffix("[]") for path in real}
    assert {path.removesuffix("[]") for path in documented_key_paths("JSON report")} | {
        "bundle"
    } == real


def manifest_key_paths(record: type, path: str = "") -> set[str]:
    """Return the path of every key of a manifest; lists end in ``[]``."""
    paths: set[str] = set()
    default = record()
    for each in dataclasses.fields(record):
        value = getattr(default, each.name)
        key = f"{path}{each.name}{'[]' if isinstance(value, tuple) else ''}"
        inner = each.metadata.get("of") or (
            type(value) if dataclasses.is_dataclass(value) else None
        )
        paths |= {key, *(manifest_key_paths(inner, f"{key}.") if inner else ())}
    return paths


def test_every_key_of_the_manifest_is_described_and_none_that_is_not_there() -> None:
    assert documented_key_paths("The manifest") == manifest_key_paths(Manifest) | {"schema"}
    assert f"| `schema` | `{SCHEMA}` |" in section("The manifest", CORE)


def test_the_files_of_a_bundle_are_those_that_collect_makes() -> None:
    shown = re.search(r"<!-- files -->\n(.*)<!-- /files -->", CORE, re.DOTALL)
    assert shown
    named = {name.rpartition("/")[2] for row in table_rows(shown[1]) for name in code_in(row[0])}
    with open_bundle(SAMPLE) as bundle:
        made = {
            artefact.name.rpartition("/")[2]
            for artefact in bundle.artefacts
            if not artefact.name.startswith("sources/")
        }
    assert made <= named
    assert set(KINDS) <= named


def code_in(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_kind_of_failure_is_named() -> None:
    kinds = re.search(r"`kind` of a failure is one of (.*)\.", CORE)
    assert kinds
    assert kinds[1].replace("`", "").split(", ") == [str(kind) for kind in FailureKind]


def test_every_way_to_align_a_clock_is_named() -> None:
    methods = re.search(r"`method` \((.*)\)", CORE)
    assert methods
    assert re.split(", | or ", methods[1]) == [str(method) for method in ClockMethod]


@pytest.mark.parametrize("release", RELEASES)
def test_the_releases_it_reads_are_those_it_is_tested_with(release: str) -> None:
    version = ".".join(release.split(".")[:2])
    assert re.search(rf"\b{re.escape(version)}\b", section("What it reads"))


def test_every_option_it_mentions_is_one_of_the_command() -> None:
    shown = set(COMMANDS) - {"demo"}
    commands = set(re.findall(rf"flaketui ({'|'.join(sorted(shown))})\b([^`\n|]*)", README))
    assert {name for name, _ in commands} == shown
    for name, rest in commands:
        offered = call_program(name, "--help").stdout
        assert offered.startswith(f"usage: flaketui {name} [")
        ours = rest.partition("#")[0].partition(" -- ")[0]
        for option in re.findall(r"(?<!\S)--?[a-z][a-z-]*", ours):
            assert re.search(rf"(?<![\w-]){option}\b", offered), f"flaketui {name} {option}"
    assert "--no-race" in call_program("collect", "--help").stdout


def test_its_commands_are_those_that_the_gates_run() -> None:
    gates = (ROOT / ".ci" / "run").read_text()
    for command in ("python3 -m pip install -e '.[test]'", "python3 -m pytest"):
        assert command in section("Development")
        run = re.escape(command.split(" install ")[0])
        assert re.search(rf"^(if ! )?{run}.*", gates, re.MULTILINE)
    assert "python3 -m pip install '.[source]' && flaketui demo" in section("Try it")


_LINKS = [
    (page, "".join(found))
    for page, text in {**PAGES, ".github/CONTRIBUTING.md": CONTRIBUTING}.items()
    for found in re.findall(
        r"\]\(([^):]+)\)|`((?:tests|core|tui|screenshots|\.ci)/[\w./-]*)`", text
    )
]


@pytest.mark.parametrize(("page", "link"), _LINKS)
def test_what_a_page_points_at_is_there(page: str, link: str) -> None:
    path, _, heading = link.partition("#")
    # What stands in backquotes counts from the top, a link from its page.
    places = [ROOT / path, (ROOT / page).parent / path]
    target = next((place for place in places if place.exists()), None)
    assert target is not None
    if heading:
        titles = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
        assert heading in [title.lower().replace(" ", "-") for title in titles]


@pytest.mark.parametrize(
    "script", sorted(set(re.findall(r"python3 (tests/\w+\.py)", README + CONTRIBUTING)))
)
def test_a_script_that_is_named_is_there(script: str) -> None:
    assert (ROOT / script).is_file()


def test_the_queries_in_sql_can_be_run(tmp_path: Path) -> None:
    store = FleetStore(tmp_path)
    (place,) = bundle_places([str(SAMPLE)])
    list(read_place(place, store, ()))
    queries = re.findall(r"```sql\n-- (bundle|fleet): [^\n]*\n(.*?)```", CORE, re.DOTALL)
    assert len(queries) == CORE.count("```sql") > 5
    with flakecore.open(SAMPLE) as opened:
        for where, sql in queries:
            asked = query_bundle(opened, sql) if where == "bundle" else query_fleet(store, sql)
            assert list(asked.rows()), sql
