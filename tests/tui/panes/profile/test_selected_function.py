"""Where a goroutine stands, or what a finding names, leads to the profile that has it."""

from __future__ import annotations

from dataclasses import replace

from flakecore.diagnosis import Certainty, Finding, Place, Role, Weight
from flaketui.app.explorer import Explorer
from flaketui.panes.profile.selected_function import names_what_runs, selected_function
from program import SAMPLE
from tui.driving import exploring, press


def _finding(rule: str, role: Role) -> Finding:
    return Finding(
        rule=rule,
        claim="p.keep allocates",
        certainty=Certainty.SEEN,
        weight=Weight.CIRCUMSTANCE,
        places=(Place(role, 0, "p.keep", "a.go", 3),),
    )


async def test_a_finding_leads_to_the_profile_that_it_was_found_in() -> None:
    async with exploring() as pilot:
        scene = (await press(pilot)).scene
        kept = replace(scene, findings=(_finding("heap-grows", Role.RUNS),))
        assert selected_function(kept, of_finding=True) == ("p.keep", "mem", "inuse_space")
        hot = replace(scene, findings=(_finding("slow-not-stuck", Role.RUNS),))
        assert selected_function(hot, of_finding=True) == ("p.keep", "trace-cpu", "")
        stuck = replace(scene, findings=(_finding("lock-held", Role.WAITS),))
        assert selected_function(stuck, of_finding=True) == ("p.keep", "trace-wait", "")
        assert selected_function(replace(scene, findings=()), of_finding=True).function != "p.keep"


async def test_where_the_selected_goroutine_stands_comes_first_elsewhere() -> None:
    async with exploring(Explorer(SAMPLE)) as pilot:
        scene = (await press(pilot, "4", "j")).scene
        assert scene.interval is not None and scene.interval.state.waiting
        kept = replace(scene, findings=(_finding("heap-grows", Role.RUNS),))
        found = selected_function(kept)
        assert found.function != "p.keep" and found.kind == "trace-wait"


def test_only_a_finding_on_what_runs_leads_straight_to_a_profile() -> None:
    assert names_what_runs(_finding("alloc-share", Role.RUNS))
    assert not names_what_runs(_finding("lock-held", Role.WAITS))
