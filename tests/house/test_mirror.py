"""A module has a test of its place and name; those without are listed, and become fewer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROOTS = {TESTS.parent / "core" / "flakecore": "", TESTS.parent / "tui" / "flaketui": "tui/"}
"""The source roots, and the folder of tests that mirrors each."""
MAX_LINES = 60
"""Lines up to which a module needs no test of its own: those hold types or a few calls."""

TESTED_ELSEWHERE = {
    "bundle/remote/download.py": "bundle/test_locations.py",
    "bundle/remote/object_storage.py": "bundle/test_locations.py",
    "bundle/sources/inflate.py": "bundle/sources/test_zips.py",
    "collect/binaries/exec_wrapper.py": "collect/binaries/test_relay.py",
    "collect/binaries/overlay.py": "collect/binaries/test_probe.py",
    "collect/capture/capture.py": "collect/capture/test_evidence.py",
    "collect/capture/go_test.py": "collect/command/test_packages.py",
    "collect/capture/process.py": "collect/binaries/test_relay.py",
    "collect/command/flags.py": "collect/test_command.py",
    "collect/command/options.py": "collect/test_refusals.py",
    "collect/command/plan.py": "collect/test_places.py",
    "collect/command/toolchain.py": "collect/test_refusals.py",
    "collect/hunt/rerun.py": "collect/hunt/test_hunt.py",
    "collect/objects/patches.py": "collect/objects/test_toolchain_patch.py",
    "collect/provenance/host.py": "collect/test_manifest.py",
    "collect/zip_writer.py": "collect/test_survival.py",
    "diagnosis/waits/locks/lock_waits.py": "diagnosis/rules/hangs/test_lock_cycle.py",
    "diagnosis/waits/unanswered_requests.py": "diagnosis/rules/hangs/test_pipelines.py",
    "diagnosis/waits/peers/wait_peers.py": "diagnosis/rules/hangs/test_wait_cycle.py",
    "diagnosis/rules/hangs/lock_not_released.py": "diagnosis/rules/hangs/test_lock_held.py",
    "diagnosis/rules/test_code/concurrency/loop_scopes.py": (
        "diagnosis/rules/test_code/concurrency/test_loop_variable.py"
    ),
    "diagnosis/rules/test_code/orders/loop_rounds.py": (
        "diagnosis/rules/test_code/unspecified_order/test_last_writer.py"
    ),
    "diagnosis/source/objects/lock_helpers.py": "diagnosis/source/objects/test_held_locks.py",
    "diagnosis/source/objects/operations.py": "diagnosis/source/objects/test_object_uses.py",
    "diagnosis/source/syntax.py": "diagnosis/source/objects/test_held_locks.py",
    "diagnosis/waits/standstill.py": "diagnosis/test_explanation.py",
    "gotest/frameworks/reports/ginkgo.py": "gotest/frameworks/test_registry.py",
    "gotest/streams/lines.py": "gotest/streams/plain/test_text_stream.py",
    "gotest/streams/runs.py": "gotest/streams/test_package_events.py",
    "gotest/streams/wrappings/json_records.py": "gotest/streams/wrappings/test_unwrap.py",
    "gotest/streams/wrappings/markup.py": "gotest/streams/wrappings/test_unwrap.py",
    "gotest/streams/wrappings/before_lines/prefix_times.py": (
        "gotest/streams/wrappings/test_unwrap.py"
    ),
    "gotest/streams/wrappings/before_lines/prefixes.py": "gotest/streams/wrappings/test_unwrap.py",
    "gotest/streams/wrappings/indents/spacing.py": "gotest/streams/wrappings/test_unwrap.py",
    "gotrace/intervals/column_totals.py": "gotrace/native/test_generation_totals.py",
    "gotrace/intervals/states.py": "gotrace/intervals/test_wait_states.py",
    "gotrace/native/library.py": "test_native_build.py",
    "gotrace/native/event_reader.py": "gotrace/native/test_loops.py",
    "gotrace/native/interval_sums.py": "gotrace/native/test_loops.py",
    "gotrace/native/native_intervals.py": "gotrace/native/test_loops.py",
    "gotrace/native/state_changes.py": "gotrace/native/test_loops.py",
    "gotrace/native/thread_context.py": "gotrace/native/test_loops.py",
    "gotrace/v1/as_trace.py": "gotrace/v1/test_against_reference.py",
    "gotrace/v1/event_blocks.py": "gotrace/v1/test_stream.py",
    "gotrace/v1/events.py": "gotrace/v1/test_segments.py",
    "gotrace/v1/format/event_offsets.py": "gotrace/v1/test_damage.py",
    "gotrace/v1/format/wire.py": "gotrace/v1/test_against_reference.py",
    "report/events/event_lines.py": "report/events/test_event_writer.py",
    "timeline/case.py": "timeline/test_load.py",
    "timeline/dumps/case_dumps.py": "timeline/dumps/test_dump_tests.py",
    "timeline/failures/failure_inputs.py": "timeline/failures/test_race_failures.py",
    "timeline/lanes/lane.py": "timeline/lanes/test_schedule.py",
    "timeline/tables/columns.py": "timeline/tables/test_case_tables.py",
    "timeline/tables/events.py": "timeline/tables/test_case_tables.py",
    "tui/app/host.py": "tui/app/test_explorer.py",
    "tui/commands/collecting/collect.py": "collect/test_command.py",
    "tui/commands/writing/annotations.py": "collect/test_ci.py",
    "tui/commands/events.py": "report/test_events_command.py",
    "tui/commands/explore.py": "tui/app/saved/test_links.py",
    "tui/commands/report.py": "report/text/test_text_report.py",
    "tui/panes/details/blocks.py": "tui/panes/details/test_content.py",
    "tui/panes/pane.py": "tui/panes/test_registry.py",
    "tui/panes/timeline/lane_groups.py": "tui/panes/timeline/test_row_builder.py",
    "tui/panes/timeline/row_lines.py": "tui/panes/timeline/test_annotation_rows.py",
    "tui/panes/timeline/row_table.py": "tui/panes/timeline/test_rows.py",
}
"""Modules whose facts a test of another name holds: an entry goes when the module has its own."""
UNTESTED = {
    "bundle/artefact_owners.py",
    "bundle/profile_detection.py",
    "diagnosis/waits/blocked_on.py",
    "diagnosis/crash_site.py",
    "diagnosis/goroutine_states.py",
    "diagnosis/rules/rule.py",
    "diagnosis/source/go_files.py",
    "report/excerpt.py",
    "report/explainer.py",
    "report/json/output_json.py",
    "report/text/output_text.py",
    "report/text/test_output.py",
    "report/totals.py",
    "timeline/dumps/goroutine_groups.py",
    "timeline/failures/failure.py",
    "tui/app/actions/exporting.py",
    "tui/commands/collecting/go_flags.py",
    "tui/commands/writing/streams.py",
    "tui/panes/goroutines/goroutine_rows.py",
}
"""Modules that no test is about: an entry goes when the module has its own."""
MAX_EXCEPTIONS = 84
"""Entries in both lists together. It is lowered with them, and never raised."""


def _mirror(module: str) -> str:
    """Return the path of a module's own test: ``report/test_x.py`` of ``report/x.py``."""
    folder, slash, name = module.rpartition("/")
    return f"{folder}{slash}test_{name.lstrip('_')}"


def _modules() -> Iterator[tuple[str, int]]:
    """Yield all modules, by the path that the tests mirror, with their lines."""
    for root, prefix in ROOTS.items():
        for path in sorted(root.rglob("*.py")):
            if path.name not in ("__init__.py", "__main__.py"):
                lines = path.read_text(encoding="utf-8").count("\n")
                yield prefix + path.relative_to(root).as_posix(), lines


def _without_own_test() -> set[str]:
    return {
        module
        for module, lines in _modules()
        if lines > MAX_LINES and not (TESTS / _mirror(module)).is_file()
    }


def test_a_module_has_a_test_of_its_own_or_is_an_exception() -> None:
    missing = sorted(_without_own_test() - {*TESTED_ELSEWHERE, *UNTESTED})
    assert not missing, [f"{each} needs tests/{_mirror(each)}" for each in missing]


def test_an_exception_that_is_none_any_more_is_taken_out() -> None:
    assert sorted({*TESTED_ELSEWHERE, *UNTESTED} - _without_own_test()) == []
    assert not UNTESTED & TESTED_ELSEWHERE.keys()


def test_exceptions_become_fewer() -> None:
    assert len(TESTED_ELSEWHERE) + len(UNTESTED) <= MAX_EXCEPTIONS


def test_the_test_that_an_exception_names_is_there() -> None:
    gone = {test for test in TESTED_ELSEWHERE.values() if not (TESTS / test).is_file()}
    assert not gone
