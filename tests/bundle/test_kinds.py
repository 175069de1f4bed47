"""A file's bytes tell what it is; its name does not."""

from __future__ import annotations

import gzip

import pytest

from flakecore.bundle import Kind
from flakecore.bundle.kinds import HEAD, kind_of
from toolchains import NEWEST, go_toolchain

OWN_NAMES = {
    "manifest.json": Kind.MANIFEST,
    "test.json": Kind.TEST_JSON,
    "trace.out": Kind.TRACE,
    "cpu.pprof": Kind.CPU_PROFILE,
    "mem.pprof": Kind.MEM_PROFILE,
    "block.pprof": Kind.BLOCK_PROFILE,
    "mutex.pprof": Kind.MUTEX_PROFILE,
}


def kind(name: str, data: bytes) -> Kind:
    return kind_of(name, data[:HEAD], lambda: data)


@pytest.mark.parametrize("name", OWN_NAMES)
@pytest.mark.parametrize("called", ["x", "trace.out", "test.json", "pool.log"])
def test_a_misleading_name_does_not_matter(
    name: str, called: str, contents: dict[str, bytes]
) -> None:
    assert kind(called, contents[name]) == OWN_NAMES[name]


def test_an_unzipped_profile_is_a_profile(contents: dict[str, bytes]) -> None:
    assert kind("x", gzip.decompress(contents["cpu.pprof"])) == Kind.CPU_PROFILE


def test_a_mutex_profile_is_told_from_a_block_profile_by_who_unlocks(
    contents: dict[str, bytes],
) -> None:
    assert kind("x", contents["mutex.pprof"]) == Kind.MUTEX_PROFILE
    assert kind("x", contents["block.pprof"]) == Kind.BLOCK_PROFILE


def test_a_profile_cut_off_before_its_names_is_called_what_its_name_says(
    contents: dict[str, bytes],
) -> None:
    half = contents["cpu.pprof"][: len(contents["cpu.pprof"]) // 2]
    assert kind("pool/cpu.pprof", half) == Kind.CPU_PROFILE
    assert kind("pool/x", half) == Kind.PROFILE


def test_gzip_of_something_else_is_no_profile(contents: dict[str, bytes]) -> None:
    assert kind("cpu.pprof", gzip.compress(contents["test.json"])) == Kind.UNKNOWN
    assert kind("cpu.pprof", b"\x1f\x8b\x08 and no gzip") == Kind.UNKNOWN


def test_traces_of_old_releases_are_traces() -> None:
    golden = go_toolchain(NEWEST).parents[1] / "src/internal/trace/internal/tracev1/testdata"
    traces = sorted(golden.glob("*_good"))
    assert traces
    for trace in traces:
        # Those of Go 1.5 and 1.7 are older than anything that is supported, and are traces still.
        assert kind(trace.name, trace.read_bytes()) == Kind.TRACE


def test_json_events_are_found_behind_lines_that_are_none() -> None:
    text = b'go: downloading example.com/x v1.0.0\n{"not": "it"}\n{"Action":"start"}\n'
    assert kind("x", text) == Kind.TEST_JSON


@pytest.mark.parametrize(
    "text",
    [
        b"=== RUN   TestPool\n--- PASS: TestPool (0.00s)\nPASS\n",
        b"# some noise\nok  \texample.com/pool\t0.010s\n",
        b"FAIL\texample.com/pool [build failed]\n",
        b"2026-01-02T03:04:05.6789012Z === RUN   TestPool\n",
        b"job\tstep\t2026-01-02T03:04:05.6789012Z ok  \texample.com/pool\t0.010s\n",
        b"2026-01-02T03:04:05.678901Z 00O --- PASS: TestPool (0.00s)\n",
        b"[2026-01-02T03:04:05.678Z] === RUN   TestPool\n",
        b"Jan 02 03:04:05 === RUN   TestPool\n",
        b"1767323045.678901 === RUN   TestPool\n",
        b"--- FAIL: TestPool (0.00s)\r\n    pool_test.go:9: no\r\n",
    ],
)
def test_plain_test_output_is_known_by_its_lines(text: bytes) -> None:
    assert kind("x", text) == Kind.TEST_TEXT


@pytest.mark.parametrize(
    "data",
    [
        b"hello\n",
        b'{"name": "app", "version": 1}',
        b'{"Action": 1}\n',
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"[1, 2, 3]\n",
        bytes(range(256)),
        b"HTTP/1.1 200 ok  \tx",
    ],
)
def test_other_files_are_unknown(data: bytes) -> None:
    assert kind("x", data) == Kind.UNKNOWN


def test_a_manifest_that_is_damaged_is_known_by_its_name() -> None:
    assert kind("manifest.json", b'{"sch') == Kind.MANIFEST
    assert kind("x.json", b'{"schema": "flaketui.manifest/1", "go') == Kind.MANIFEST


def test_a_file_of_empty_lines_is_told_at_once() -> None:
    """A pattern that began with any white space would take hours for them."""
    assert kind("x", b"\n" * HEAD) == Kind.UNKNOWN


def test_a_go_file_is_source_even_where_its_strings_hold_test_output() -> None:
    text = b"// Prints.\npackage print\n\nconst s = `\n--- FAIL: TestX (0.00s)\n`\n"
    assert kind("sources/x/print.go", text) == Kind.SOURCE
    assert kind("print.txt", text.replace(b"package", b"packages")) == Kind.TEST_TEXT


def test_a_page_of_objects_is_known_by_how_it_begins_or_by_its_name() -> None:
    begins = b'{"version":1,"why":"fail","test":"TestX","mono_ns":5,'
    assert kind("x", begins) is Kind.OBJECTS
    assert kind("packages/p/objects.json", b'{"go": "go1.27.3", "mono_ns": 5}') is Kind.OBJECTS
    assert kind("x.json", b'{"version": 1, "packages": []}') is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="8">', Kind.TEST_JUNIT),
        (b'\xef\xbb\xbf<testsuite name="p"/>', Kind.TEST_JUNIT),
        (b'<?xml version="1.0"?><!-- made by x --><testsuites/>', Kind.TEST_JUNIT),
        (b"<testsuites_of>", Kind.UNKNOWN),
        (b"=== RUN   TestA\n<testsuites>\n", Kind.TEST_TEXT),
    ],
)
def test_a_report_in_junits_xml_is_told_by_its_first_element(text: bytes, expected: Kind) -> None:
    assert kind("x", text) == expected


def test_goroutines_of_which_the_first_has_labels_are_goroutines() -> None:
    text = b"goroutine 13 [running] {test: TestExit}:\nmain.f()\n\t/a/a.go:3 +0x1\n"
    assert kind_of("goroutine.txt", text, lambda: text) is Kind.GOROUTINES
