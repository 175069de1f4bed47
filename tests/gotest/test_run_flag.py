"""What ``-run`` is given, in a shell, runs the tests of these names and no others."""

from __future__ import annotations

import subprocess
from pathlib import Path

from collect.running import make_module
from flakecore.gotest.run_flag import run_flag
from toolchains import go_environment, go_toolchain

NAMES = ("a|b", "a", "b", "x/y", "c[d]", "(e", "e)*", "it's $HOME", "#h", "-v", "ä.b", "äxb", "\\")
PROGRAM = """\
package named

import "testing"

func TestNamed(t *testing.T) {
	for _, name := range []string{%s} {
		t.Run(name, func(t *testing.T) {})
	}
}

func TestNamedToo(t *testing.T) {}

func TestOther(t *testing.T) {}
"""


def ran(module: Path, binary: Path, flag: str) -> list[str]:
    """Return the tests that a shell runs with a flag, in order."""
    command = f"{binary} -test.v {flag.replace('-run', '-test.run', 1)}"
    run = subprocess.run(
        ["sh", "-c", command], cwd=module, capture_output=True, encoding="utf-8", check=True
    )
    lines = run.stdout.splitlines()
    return [line.partition("=== RUN   ")[2] for line in lines if line.startswith("=== RUN")]


def test_a_pattern_runs_the_tests_of_its_names_and_no_others(tmp_path: Path) -> None:
    program = PROGRAM % ", ".join('"' + each.replace("\\", "\\\\") + '"' for each in NAMES)
    module = make_module(tmp_path / "m", "example.com/named", {"named_test.go": program})
    binary = tmp_path / "named.test"
    subprocess.run(
        [go_toolchain(), "test", "-c", "-o", binary, "."],
        cwd=module,
        env=go_environment(),
        check=True,
    )
    everything = ran(module, binary, "-run .")
    assert len(everything) == len(NAMES) + 3
    for name in everything:
        if name != "TestNamed":  # which its subtests are run within
            assert ran(module, binary, run_flag(name)) == [
                *(["TestNamed"] if "/" in name else []),
                name,
            ]
    both = ran(module, binary, run_flag("TestNamedToo", "TestOther", "TestOther"))
    assert both == ["TestNamedToo", "TestOther"]
