"""What a program can notice of being collected: none of what stands in these facts."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from collect.running import collected, make_module
from toolchains import NEWEST, RELEASES, go_environment, go_toolchain

PROGRAM = Path(__file__).with_name("unnoticed_test.go.txt")
OF_TRACES = Path(__file__).with_name("unnoticed_trace_test.go.txt")
"""Before Go 1.26 a program is refused a trace of its own while there is another one."""


@pytest.mark.parametrize(
    "version",
    [NEWEST, *(pytest.param(v, marks=pytest.mark.slow) for v in RELEASES[:-1])],
)
@pytest.mark.parametrize("race", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_facts_are_the_same_as_without(
    version: str, race: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {"x_test.go": PROGRAM.read_text(), "trace_test.go": OF_TRACES.read_text()}
    module = make_module(tmp_path / "m", "example.com/seen", sources)
    # What the language of the newest release changes counts, too.
    (module / "go.mod").write_text(f"module example.com/seen\n\ngo {version.rpartition('.')[0]}\n")
    for name, text in go_environment(version, race=race).items():
        monkeypatch.setenv(name, text)
    alone = subprocess.run(
        [go_toolchain(version), "test", "-v", f"-race={str(race).lower()}", "."],
        cwd=module,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    run = collected(module, tmp_path / "x.zip", go=go_toolchain(version), race=race)
    assert alone.returncode == run.result.exit_code == 0, run.shown
    wanted = facts(alone.stdout.splitlines())
    assert len(wanted) == (22 if version < "1.26" else 28)
    assert facts(run.shown.splitlines()) == wanted
    assert "fact: headings that are none [0]" in wanted
    yielded = "cpu.pprof: it ends where the tests began a CPU profile of their own"
    assert run.result.manifest.missing == (yielded,)


def facts(lines: Sequence[str]) -> list[str]:
    return sorted(line for line in lines if line.startswith("fact: "))
