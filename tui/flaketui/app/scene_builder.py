"""What the panes show now, with what is worked out about it in threads.

What led to the wait at the cursor and why a failure happened take a while: a scene is shown
without them at first, and again when they are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flakecore.diagnosis import Finding
from flakecore.gotest import PackageRun
from flakecore.loss import Loss, summed_up
from flakecore.timeline import Case, CaseProfile, Failure
from flakecore.timeline.sources import Sources
from flaketui.app.conditions import unusual_conditions
from flaketui.app.host import ExplorerHost
from flaketui.view.bundle_runs import BundleRuns
from flaketui.view.navigation import finding_view, opening_view
from flaketui.view.scene import Scene, Waiting, waiting_at

if TYPE_CHECKING:
    from flakecore.diagnosis import CounterpartWait
    from flakecore.diagnosis.waits.wait_chain import WaitLink

_CHAINS = 500
"""Chains behind waits that are kept."""
_LOSSES = 20
"""Losses that are shown of a case; ``report --all`` lists more."""
Explain = Callable[[Case, Failure, Sources, BundleRuns, list[Loss]], tuple[Finding, ...]]
"""Returns why a failure happened, and adds to the list which rules failed."""
ExplainPassed = Callable[[Case, Sources, list[Loss]], tuple[Finding, ...]]


class CaptureFacts(Protocol):
    """What the case loader has of the capture besides its cases.

    Attributes:
        bundled_sources: the source files that the bundle holds, by path.
        runs: the runs that its manifest lists.
        printed_runs: what each run printed, where it has several.
        progress: what is being read, in a few words.
    """

    bundled_sources: dict[str, bytes]
    runs: BundleRuns
    printed_runs: tuple[PackageRun, ...]
    progress: str

    def profiles_of(self, case: Case) -> tuple[CaseProfile, ...]:
        """Return the profiles of a case; a thread of its own calls this."""
        ...


def explainer_of(capture: CaptureFacts) -> Explain:
    """Return what explains a failure of a capture; a thread of its own calls that."""

    def explain_failure(
        case: Case, failure: Failure, sources: Sources, known: BundleRuns, losses: list[Loss]
    ) -> tuple[Finding, ...]:
        from flakecore.comparison import with_runs, with_verdicts
        from flakecore.diagnosis import explain

        found = explain(case, failure, sources, known.manifest, losses, runs=capture.printed_runs)
        found = with_runs(found, case, failure, known.runs)
        experiments = known.manifest.experiments if known.manifest is not None else ()
        return with_verdicts(found, case, failure, experiments)

    return explain_failure


def passed_explainer_of(capture: CaptureFacts) -> ExplainPassed:
    """Return the findings on a case besides failures; a thread of its own calls that."""

    def explain_passed_case(
        case: Case, sources: Sources, losses: list[Loss]
    ) -> tuple[Finding, ...]:
        from flakecore.diagnosis import explain_passed
        from flakecore.timeline.profiles.profile_series import profile_series

        return explain_passed(
            case, sources, losses, lambda: profile_series(capture.profiles_of(case), "mem")
        )

    return explain_passed_case


class SceneBuilder:
    """Builds scenes, and works out what they lack."""

    def __init__(
        self,
        host: ExplorerHost,
        explain: Explain,
        *,
        explain_passed: ExplainPassed,
        capture: CaptureFacts,
        is_compact: Callable[[], bool],
    ) -> None:
        """Build scenes of the host's state.

        Args:
            host: the explorer.
            explain: returns why a failure happened.
            explain_passed: returns what is found on a case in which nothing failed.
            capture: what is known of the capture.
            is_compact: returns whether one pane fills the screen.
        """
        self._host = host
        self._explain = explain
        self._explain_passed = explain_passed
        self._capture = capture
        self._is_compact = is_compact
        self._sources: dict[str, Sources] = {}
        self._findings: dict[tuple[int, int], tuple[Finding, ...]] = {}
        self._explaining: set[tuple[int, int]] = set()
        self._waits: dict[tuple[int, int], tuple[CounterpartWait, ...]] = {}
        self._failed_rules: dict[int, tuple[Loss, ...]] = {}
        self._losses: dict[int, tuple[Case, tuple[Loss, ...]]] = {}
        self._chains: dict[Waiting, tuple[WaitLink, ...]] = {}
        self._following: set[Waiting] = set()
        self._profiles: dict[int, tuple[CaseProfile, ...] | None] = {}

    def scene(self) -> Scene:
        """Return the scene, with what led to the wait at the cursor."""
        waiting = waiting_at(self._host.case, self._host.view)
        chain = self._chains.get(waiting) if waiting is not None else ()
        return replace(self.scene_without_chain(), chain=chain)

    def scene_without_chain(self) -> Scene:
        """Return the scene as far as it is known without a look at the trace."""
        host = self._host
        failure = host.view.selection.failure
        known = failure >= 0 or not host.case.failures
        findings = self._findings.get((host.case_index, failure)) if known else ()
        return Scene(
            case=host.case,
            view=host.view,
            findings=findings,
            look=host.look,
            compact=self._is_compact(),
            arrangement=host.arrangement,
            sources=self._sources_of(host.case),
            others=host.cases,
            runs=self._capture.runs,
            conditions=unusual_conditions(host.case, self._capture.runs.manifest),
            progress=self._capture.progress,
            losses=self._losses_of(host.case_index, host.case),
            profiles=self._profiles,
            waits=self._waits.get((host.case_index, failure), ()),
        )

    def _losses_of(self, index: int, case: Case) -> tuple[Loss, ...]:
        """Return what could not be read of a case, or was not worked out, summed up."""
        known = self._losses.get(index)
        if known is None or known[0] is not case:
            every = (*case.losses, *self._failed_rules.get(index, ()))
            known = self._losses[index] = case, tuple(summed_up(every, _LOSSES))
        return known[1]

    def _sources_of(self, case: Case) -> Sources:
        sources = self._sources.get(case.package)
        if sources is None:
            sources = self._sources[case.package] = Sources(
                go_version=case.go_version,
                package=case.package,
                bundled=self._capture.bundled_sources,
                working=Path.cwd(),
            )
        return sources

    def complete(self, scene: Scene) -> None:
        """Work out what a scene lacks; a frame is drawn when it is there."""
        if scene.chain is None:
            self._follow_chain()
        if scene.findings is None:
            self._explain_failure(self._host.case_index, self._host.view.selection.failure)
        elif scene.case.objects:
            self._find_waits(self._host.case_index, self._host.view.selection.failure)
        for index in self._host.layout.profiles_wanted(scene):
            self._read_profiles(index)

    def _read_profiles(self, index: int) -> None:
        """Read the profiles of a case, once."""
        if index in self._profiles:
            return
        self._profiles = {**self._profiles, index: None}
        case = self._host.cases[index]

        def read(profiles: tuple[CaseProfile, ...]) -> None:
            self._profiles = {**self._profiles, index: profiles}
            self._host.draw_soon()

        self._host.background.run(lambda: self._capture.profiles_of(case), read, group="profiles")

    def forget_case(self, index: int) -> None:
        """Drop the findings of a case of which more is known now."""
        self._findings = {key: found for key, found in self._findings.items() if key[0] != index}
        self._explaining = {key for key in self._explaining if key[0] != index}
        self._waits = {key: found for key, found in self._waits.items() if key[0] != index}
        self._failed_rules.pop(index, None)

    def _find_waits(self, case_index: int, failure: int) -> None:
        """Look up what goroutines waited on at a failure's moment, once."""
        key = (case_index, failure)
        if key in self._waits:
            return
        self._waits[key] = ()
        case = self._host.cases[case_index]
        chosen = case.failures[failure] if failure >= 0 else None
        sources = self._sources_of(case)

        def found(waits: tuple[CounterpartWait, ...]) -> None:
            if self._host.cases[case_index] is case:
                self._waits[key] = waits
                self._host.draw_soon()

        def find() -> tuple[CounterpartWait, ...]:
            # Imported here, as diagnosis is everywhere in this module: no first frame waits for it.
            from flakecore.diagnosis import waits_at_moment

            return waits_at_moment(case, chosen, sources)

        self._host.background.run(find, found, group="waits")

    def _follow_chain(self) -> None:
        """Work out what led to the end of the wait at the cursor, once."""
        waiting = waiting_at(self._host.case, self._host.view)
        if waiting is None or waiting in self._following:
            return
        self._following.add(waiting)

        def followed(links: tuple[WaitLink, ...]) -> None:
            self._following.discard(waiting)
            if len(self._chains) >= _CHAINS:
                self._chains.clear()
            self._chains[waiting] = links
            self._host.draw_soon()

        def follow() -> tuple[WaitLink, ...]:
            from flakecore.diagnosis.waits.wait_chain import wait_chain

            return wait_chain(*waiting)

        self._host.background.run(follow, followed, group="chain")

    def _explain_failure(self, case_index: int, failure: int) -> None:
        """Work out why a failure happened, or with none what is worth a look, once."""
        key = (case_index, failure)
        if key in self._explaining:
            return
        self._explaining.add(key)
        case = self._host.cases[case_index]
        sources, known = self._sources_of(case), self._capture.runs

        losses: list[Loss] = []

        def explained(findings: tuple[Finding, ...]) -> None:
            self._findings[key] = findings
            if losses:
                self._failed_rules[case_index] = (*self._failed_rules.get(case_index, ()), *losses)
                self._losses.pop(case_index, None)
            if failure < 0 and findings and self._host.view == opening_view(case):
                self._host.go(finding_view(self._host.view, findings[0], 0), "")
            self._host.draw_soon()

        def explain() -> tuple[Finding, ...]:
            if failure < 0:
                return self._explain_passed(case, sources, losses)
            return self._explain(case, case.failures[failure], sources, known, losses)

        self._host.background.run(explain, explained, group="explain")
