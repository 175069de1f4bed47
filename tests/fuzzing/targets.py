"""What is fuzzed: each reader as a function of bytes, which may raise ``FlakeError`` alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from flakecore.bundle.bundle import Bundle
from flakecore.bundle.manifest_json import read_manifest
from flakecore.bundle.sources.folders import FilesSource
from flakecore.bundle.sources.nesting import Tree
from flakecore.bundle.sources.spool import Spool
from flakecore.errors import FlakeError
from flakecore.gotest import read_json, read_junit, read_text
from flakecore.gotrace import event_stream, read_trace
from flakecore.objects import read_pages
from flakecore.pprof import read_profile
from flakecore.report import Excerpt, render_json, render_text
from flakecore.text.printable import printable
from flakecore.timeline import load_cases
from flakecore.times import SECOND

CORPUS = Path(__file__).with_name("corpus")
"""A folder for each target, with small inputs of every shape that its reader tells apart."""
SLOW_S = 10
"""Seconds that an input of some kilobytes may take."""
Target = Callable[[bytes], object]


def trace(data: bytes) -> None:
    """Read a trace as intervals, and as events."""
    read_trace(memoryview(data), name="trace.out", totals=True)
    for block in event_stream(data, name="trace.out"):
        len(block)


def archive(data: bytes) -> None:
    """Open an archive and those in it, and read all their files."""
    tree = Tree([("", FilesSource({"x": memoryview(data)}))], Spool(), None)
    for name in tree.sizes:
        tree.head(name, 512)
        tree.read(name)
    tree.close()


def report(data: bytes) -> None:
    """Report on a file of any kind; an error that was turned into a loss counts here."""
    source = Tree([("", FilesSource({"x": memoryview(data)}))], Spool(), None)
    with Bundle("x", "x", source) as bundle:
        cases = load_cases(bundle)
        excerpt = Excerpt(output=True, last_ns=SECOND)
        text = render_text(bundle, cases, excerpt)
        render_json(bundle, cases, excerpt)
    assert "error of the program's own" not in " ".join(text.split()), text
    assert all(printable(line) == line for line in text.split("\n"))


TARGETS: Mapping[str, Target] = {
    "text": lambda data: read_text(data, name="x"),
    "events": lambda data: read_json(data, name="x"),
    "junit": lambda data: read_junit(data, name="x"),
    "trace": trace,
    "profile": lambda data: read_profile(data, name="x"),
    "manifest": lambda data: read_manifest(data),
    "objects": lambda data: read_pages(data, name="x"),
    "archive": archive,
    "report": report,
}


def guarded(target: Target) -> Callable[[bytes], None]:
    """Return a target that raises only what no reader may raise."""

    def run(data: bytes) -> None:
        try:
            target(data)
        except FlakeError as error:
            assert str(error).isprintable(), error

    return run


def corpus_of(name: str) -> list[Path]:
    """Return the inputs of a target; a report is made of those of all."""
    folder = CORPUS if name == "report" else CORPUS / name
    return sorted(path for path in folder.rglob("*") if path.is_file())
