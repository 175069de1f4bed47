"""A Go module whose packages fail always, sometimes, seldom or never, to be run often."""

from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path

from collect.running import Collected
from flakecore.bundle import Manifest, Settings, encode, open_bundle

SOURCES = {
    # Fails one time in fifty; on one processor, one time in two. A file counts the runs.
    "rare/x_test.go": """package rare

import ("fmt"; "os"; "runtime"; "testing")

func TestRare(t *testing.T) {
	fmt.Println("on", runtime.GOMAXPROCS(0))
	counter, err := os.OpenFile(os.Getenv("COUNTER"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil { t.Fatal(err) }
	counter.WriteString(".")
	run, _ := counter.Seek(0, 1)
	if run%50 == 0 || runtime.GOMAXPROCS(0) == 1 && run%2 == 0 { t.Fatal("the rare one") }
}

func TestSteady(t *testing.T) {}
""",
    # The same by chance and not by count.
    "chance/x_test.go": """package chance

import ("math/rand"; "runtime"; "testing"; "time")

func TestByChance(t *testing.T) {
	chance := rand.New(rand.NewSource(time.Now().UnixNano()))
	if chance.Intn(50) == 0 || runtime.GOMAXPROCS(0) == 1 && chance.Intn(2) == 0 {
		t.Fatal("the rare one")
	}
}
""",
    "third/x_test.go": """package third

import ("os"; "testing")

func TestThird(t *testing.T) {
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	if len(seen)%3 == 2 { t.Fatalf("after %d runs", len(seen)) }
}
""",
    "fine/x_test.go": 'package fine\n\nimport "testing"\n\nfunc TestFine(t *testing.T) {}\n',
    "shows/x_test.go": """package shows

import ("os"; "testing")

func TestShows(t *testing.T) {
	t.Log(os.Getenv("GODEBUG"), os.Getenv("GORACE"), os.Getenv("GOTRACEBACK"))
}
""",
    "always/x_test.go": """package always

import "testing"

func TestAlways(t *testing.T) { t.Fatal("again") }
""",
    # What fails in each run, by its letter: test A, test B, or the process after both.
    "turns/x_test.go": """package turns

import ("os"; "testing")

var turn byte

func TestMain(m *testing.M) {
	name := os.Getenv("COUNTER")
	seen, _ := os.ReadFile(name)
	os.WriteFile(name, append(seen, '.'), 0o644)
	turn = os.Getenv("TURNS")[len(seen)]
	code := m.Run()
	if turn == 'x' { os.Exit(3) }
	os.Exit(code)
}

func TestA(t *testing.T) { if turn == 'a' { t.Fatal("A") } }

func TestB(t *testing.T) { if turn == 'b' { t.Fatal("B") } }
""",
    "broken/x_test.go": "package broken\n\nfunc TestBroken(t *testing.T) {}\n",
}


def folders(run: Collected) -> set[str]:
    with open_bundle(run.result.bundle) as bundle:
        return {a.name.split("/")[1] for a in bundle.artefacts if a.name.startswith("attempts/")}


def with_attempt(bundle: Path, settings: Settings, place: Path) -> Path:
    """Write a bundle whose failing attempt ran under other settings."""
    with open_bundle(bundle) as opened:
        assert opened.manifest
        first = dataclasses.replace(opened.manifest.attempts[0], settings=settings, exit_code=1)
        manifest = dataclasses.replace(opened.manifest, attempts=(first,))
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("manifest.json", encode(manifest))
    return place


def manifest_of(output: Path) -> Manifest:
    with open_bundle(output) as bundle:
        assert bundle.manifest
        return bundle.manifest
