"""``--pull`` takes profiles from a running process while the tests go on."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from collect.running import collected, make_module
from flakecore.bundle import Kind, open_bundle
from flakecore.errors import CollectError
from flakecore.gotrace import read_trace

SERVER = """package main

import ("net/http"; _ "net/http/pprof"; "os")

func waitsAsAServer(c chan int) { <-c }

func main() {
	go waitsAsAServer(make(chan int))
	http.ListenAndServe(os.Args[1], nil)
}
"""
# It goes on until a second round has begun, and so the first is over.
SLEEPS = """package sleeps

import ("net/http"; _ "net/http/pprof"; "os"; "path/filepath"; "testing"; "time")

func TestSleeps(t *testing.T) {
	if at := os.Getenv("SERVE_AT"); at != "" { go http.ListenAndServe(at, nil) }
	for begun := time.Now(); time.Since(begun) < time.Minute; time.Sleep(50 * time.Millisecond) {
		taken, _ := filepath.Glob(os.Getenv("PULLED") + "/goroutine-*")
		if len(taken) > 1 { return }
	}
	t.Fatal("nothing came")
}
"""


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {"server/main.go": SERVER, "sleeps/x_test.go": SLEEPS}
    return make_module(tmp_path_factory.mktemp("pulled"), "example.com/pulled", files)


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A free address; what is pulled lies where the tests look for it."""
    monkeypatch.setenv("PULLED", str(tmp_path / "x.zip.partial" / "pulled"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.slow
def test_each_profile_comes_again_and_again_with_its_time(
    address: str, module: Path, tmp_path: Path
) -> None:
    program = tmp_path / "server"
    subprocess.run(["go", "build", "-o", program, "./server"], cwd=module, check=True)
    with subprocess.Popen([program, address]) as server:
        url = f"http://{address}/debug/pprof"
        run = collected(module, tmp_path / "x.zip", "./sleeps", pull=url)
        server.kill()
    assert run.result.exit_code == 0
    manifest = run.result.manifest
    assert manifest.missing == ()
    pulled = [each for each in manifest.artefacts if each.name.startswith("pulled/")]
    began, ended = manifest.started_unix_ns, manifest.started_unix_ns + manifest.duration_ns
    assert all(began < each.unix_ns < ended for each in pulled)
    assert sum(each.kind == "goroutines" for each in pulled) >= 2
    assert {each.kind for each in pulled} == {
        "goroutines",
        "block-profile",
        "mutex-profile",
        "mem-profile",
        "trace",
    }
    with open_bundle(run.result.bundle) as bundle:
        kinds = {artefact.name: str(artefact.kind) for artefact in bundle.artefacts}
        assert all(kinds[each.name] == each.kind for each in pulled)
        stacks = [
            bytes(bundle.read(artefact))
            for artefact in bundle.of_kind(Kind.GOROUTINES)
            if artefact.name.startswith("pulled/")
        ]
    assert all(b"waitsAsAServer" in each for each in stacks)


@pytest.mark.slow
def test_a_test_that_serves_its_own_profiles_is_traced_besides(
    address: str, module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVE_AT", address)
    url = f"http://{address}/debug/pprof"
    run = collected(module, tmp_path / "x.zip", "./sleeps", pull=url)
    # Since Go 1.26 a process may be traced by several (``runtime/trace/subscribe.go``).
    assert run.result.manifest.missing == ()
    with open_bundle(run.result.bundle) as bundle:
        own, pulled = bundle.of_kind(Kind.TRACE)
        assert own.name == "packages/example.com/pulled/sleeps/trace.out"
        assert pulled.name.startswith("pulled/trace-")
        for trace in (own, pulled):
            assert read_trace(bundle.read(trace), name=trace.name).complete


def test_a_process_that_never_answers_is_told_as_missing(
    address: str, endings: Path, tmp_path: Path
) -> None:
    run = collected(endings, tmp_path / "x.zip", "./passing", pull=f"http://{address}/x")
    assert run.result.exit_code == 0
    (missing,) = run.result.manifest.missing
    assert missing.startswith(f"pulled profiles: nothing came from http://{address}/x (")


@pytest.mark.parametrize(
    "wrong", ["localhost:6060", "ftp://x/y", "http://", "http://[x", "file:///"]
)
def test_what_is_no_address_is_refused(wrong: str, endings: Path, tmp_path: Path) -> None:
    with pytest.raises(CollectError, match="is no address"):
        collected(endings, tmp_path / "x.zip", "./passing", pull=wrong)
