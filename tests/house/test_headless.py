"""What runs without a terminal loads nothing that a terminal needs, and starts at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flakecore.gotrace.native.library import trace_loops
from flaketui import __version__
from program import SAMPLE, run_program

RUN_AND_TELL_MODULES = """
import json, sys
told, sys.argv = sys.argv[1], ["flaketui", *sys.argv[2:]]
try:
    from flaketui.cli import main
    sys.exit(main())
finally:
    with open(told, "w") as file:
        json.dump(sorted({name.partition(".")[0] for name in sys.modules}), file)
"""

IMPORT_EVERY_COMMAND = """
import importlib, json, pkgutil, sys
import flaketui.cli, flaketui.commands
for module in pkgutil.walk_packages(flaketui.commands.__path__, "flaketui.commands."):
    importlib.import_module(module.name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def packages_loaded_by(folder: Path, *arguments: str) -> set[str]:
    told = folder / "modules.json"
    subprocess.run(
        [sys.executable, "-c", RUN_AND_TELL_MODULES, told, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    loaded: list[str] = json.loads(told.read_text())
    return set(loaded)


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], {"textual", "rich", "numpy"}),
        (["--version"], {"textual", "rich", "numpy"}),
        (["report", "--help"], {"textual", "rich", "numpy"}),
        (["collect", "--help"], {"textual", "rich", "numpy"}),
        (["report", str(SAMPLE)], {"textual", "rich"}),
        (["report", "--format", "json", str(SAMPLE)], {"textual", "rich"}),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
@pytest.mark.slow
def test_a_command_loads_only_what_it_needs(
    arguments: list[str], unwanted: set[str], tmp_path: Path
) -> None:
    loaded = packages_loaded_by(tmp_path, *arguments)
    assert "flaketui" in loaded
    assert loaded & unwanted == set()


def test_importing_every_command_leaves_textual_unloaded() -> None:
    told = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERY_COMMAND], capture_output=True, text=True, check=True
    )
    assert set(json.loads(told.stdout)) & {"textual", "rich"} == set()


def test_the_library_itself_is_light_until_a_bundle_is_opened() -> None:
    program = """
import json, sys
import flakecore
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
with flakecore.open(sys.argv[1]) as opened:
    len(opened.cases)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, SAMPLE], capture_output=True, text=True, check=True
    )
    imported, opened = (set(json.loads(line)) for line in ended.stdout.splitlines())
    assert imported & {"textual", "rich", "numpy", "orjson", "flaketui"} == set()
    assert opened & {"textual", "rich", "flaketui"} == set()
    assert "numpy" in opened


def test_the_version_says_whether_the_loops_are_compiled() -> None:
    ended = run_program("--version")
    compiled = "compiled" if trace_loops() is not None else "not compiled"
    assert ended.stdout == f"flaketui {__version__} (loops over traces {compiled})\n"
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_explorer_starts_without_the_rules_and_the_statistics() -> None:
    program = """
import sys
import flaketui.app.run
from flaketui.panes.registry import PANES
for entry in PANES:
    entry.load()
unwanted = ("flakecore.diagnosis.rules.", "flakecore.diagnosis.source.", "flakecore.report.junit")
print([name for name in sys.modules if name.startswith(unwanted)])
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["[]"]
