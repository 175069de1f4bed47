"""What a process has but once, and tests that leave it changed."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES
from flakecore.diagnosis.source.go_package import GoPackage
from flakecore.diagnosis.source.shared_state.process_state import state_change, state_read

TOLD: Told = {
    "TestAddressByDefault": [
        "shared-state, inferred: TestSetsAddress ran before it and changes $STATE_ADDRESS"
        " (@sets-address), which this test checks"
        " [fails @address-fails; writes @sets-address]"
    ],
    "TestReadsItsFile": [
        "shared-state, inferred: TestGoesElsewhere ran before it and changes the working directory"
        " (@goes-elsewhere) [fails @reads-fails; writes @goes-elsewhere]"
    ],
}
SOUND = {"TestRegionByDefault", "TestMissesAFile", "TestMissesByPath"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_test_that_leaves_the_process_changed_is_told_with_both_lines(release: str) -> None:
    check_causes("process_state", release, TOLD, {}, SOUND)


TEXT = """package p

import (
	"os"
	"testing"
)

func TestX(t *testing.T) {
	%s
}
"""


@pytest.mark.parametrize(
    ("call", "changes", "reads"),
    [
        ('os.Setenv("HOME", "/")', ("$HOME", False), ""),
        ("os.Unsetenv(`HOME`)", ("$HOME", False), ""),
        ('t.Setenv("HOME", "/")', ("$HOME", True), ""),
        ("os.Setenv(name(), value)", None, ""),
        ('os.Chdir("/")', ("the working directory", False), ""),
        ("t.Chdir(folder)", ("the working directory", True), ""),
        ('os.Getenv("HOME")', None, "$HOME"),
        ("os.Getwd()", None, "the working directory"),
        ('os.Remove("HOME")', None, ""),
        ("reset()", None, ""),
    ],
)
def test_a_call_changes_or_reads_what_its_name_says(
    call: str, changes: tuple[str, bool] | None, reads: str
) -> None:
    package = GoPackage.parsed("/p", {"p_test.go": TEXT % call})
    assert package is not None
    file = package.files["p_test.go"]
    node = min(file.calls_of, key=lambda each: each.start_byte)
    assert state_change(file, node) == changes
    assert state_read(file, node) == reads
