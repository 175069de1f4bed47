"""What the panes show now, with what is worked out about it in threads.

What led to the wait at the cursor and why a failure happened take a while: a scene is shown
without them at first, and again when they are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flakecore.diagnosis import Finding
from flakecore.diagnosis.wait_chain import WaitLink, wait_chain
from flakecore.timeline import Case, Failure
from flakecore.timeline.sources import Sources
from flaketui.app.host import ExplorerHost
from flaketui.view.known_runs import KnownRuns
from flaketui.view.scene import Scene, Waiting, waiting_at

_CHAINS = 500
"""Chains behind waits that are kept."""
Explain = Callable[[Case, Failure, Sources, KnownRuns], tuple[Finding, ...]]


def explain_failure(
    case: Case, failure: Failure, sources: Sources, known: KnownRuns
) -> tuple[Finding, ...]:
    """Return why a failure happened; a thread of its own calls this."""
    from flakecore.comparison import run_findings
    from flakecore.diagnosis import explain

    found = explain(case, failure, sources, known.manifest)
    return (*found, *run_findings(case, failure, known.runs))


class SceneBuilder:
    """Builds scenes, and works out what they lack."""

    def __init__(
        self,
        host: ExplorerHost,
        explain: Explain,
        *,
        bundled_sources: Callable[[], dict[str, bytes]],
        runs: Callable[[], KnownRuns],
        progress: Callable[[], str],
        is_compact: Callable[[], bool],
    ) -> None:
        """Build scenes of the host's state.

        Args:
            host: the explorer.
            explain: returns why a failure happened.
            bundled_sources: returns the source files that the bundle holds.
            runs: returns the runs that the bundle's manifest lists.
            progress: returns what is being read, in a few words.
            is_compact: returns whether one pane fills the screen.
        """
        self._host = host
        self._explain = explain
        self._bundled_sources = bundled_sources
        self._runs = runs
        self._progress = progress
        self._is_compact = is_compact
        self._sources: dict[str, Sources] = {}
        self._findings: dict[tuple[int, int], tuple[Finding, ...]] = {}
        self._explaining: set[tuple[int, int]] = set()
        self._chains: dict[Waiting, tuple[WaitLink, ...]] = {}
        self._following: set[Waiting] = set()

    def scene(self) -> Scene:
        """Return the scene, with what led to the wait at the cursor."""
        waiting = waiting_at(self._host.case, self._host.view)
        chain = self._chains.get(waiting) if waiting is not None else ()
        return replace(self.scene_without_chain(), chain=chain)

    def scene_without_chain(self) -> Scene:
        """Return the scene as far as it is known without a look at the trace."""
        host = self._host
        failure = host.view.selection.failure
        findings = self._findings.get((host.case_index, failure)) if failure >= 0 else ()
        return Scene(
            case=host.case,
            view=host.view,
            findings=findings,
            look=host.look,
            compact=self._is_compact(),
            arrangement=host.arrangement,
            sources=self._sources_of(host.case),
            others=host.cases,
            runs=self._runs(),
            progress=self._progress(),
        )

    def _sources_of(self, case: Case) -> Sources:
        sources = self._sources.get(case.package)
        if sources is None:
            sources = self._sources[case.package] = Sources(
                go_version=case.go_version,
                package=case.package,
                bundled=self._bundled_sources(),
                working=Path.cwd(),
            )
        return sources

    def complete(self, scene: Scene) -> None:
        """Work out what a scene lacks; a frame is drawn when it is there."""
        if scene.chain is None:
            self._follow_chain()
        if scene.findings is None:
            self._explain_failure(self._host.case_index, self._host.view.selection.failure)

    def forget_case(self, index: int) -> None:
        """Drop the findings of a case of which more is known now."""
        self._findings = {key: found for key, found in self._findings.items() if key[0] != index}
        self._explaining = {key for key in self._explaining if key[0] != index}

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

        self._host.background.run(lambda: wait_chain(*waiting), followed, group="chain")

    def _explain_failure(self, case_index: int, failure: int) -> None:
        """Work out why a failure happened, once."""
        key = (case_index, failure)
        if key in self._explaining:
            return
        self._explaining.add(key)
        case = self._host.cases[case_index]
        sources, known = self._sources_of(case), self._runs()

        def explained(findings: tuple[Finding, ...]) -> None:
            self._findings[key] = findings
            self._host.draw_soon()

        self._host.background.run(
            lambda: self._explain(case, case.failures[failure], sources, known),
            explained,
            group="explain",
        )
