"""Files that calls of package os change or read are told by paths that the text has."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.go_parser import Node, text_of
from flakecore.diagnosis.source.shared_state.file_paths import FilePaths

TEXT = """
import ("os"; "path/filepath"; "testing")

const folder = "testdata/"
var log = "a/b.txt"
var moved = "a/b.txt"

func move() {{ moved = "c" }}
func lock() string {{ return filepath.Join(os.TempDir(), "p.lock") }}
func save(path string) {{ if path[0] == '/' {{ return }}; os.WriteFile(path, nil, 0o600) }}
func saveAs(path string) {{ path = path + ".bak"; os.WriteFile(path, nil, 0o600) }}
func saveIn(path string) {{ if path != "" {{ path := "b"; os.WriteFile(path, nil, 0o600) }} }}
func load(path string) {{ os.ReadFile(path) }}
func (b *box) save(path string) {{ os.Remove(path) }}

func f(t *testing.T, b *box, given string) {{
	local := "a.txt"
	longer := "a"
	longer += ".txt"
	use(local, longer)
	{} // here
}}
"""
CHANGED = {
    'os.WriteFile("a.txt", nil, 0o600)': "a.txt",
    "os.Remove(`a/../b.txt`)": "b.txt",
    'os.OpenFile("a.txt", os.O_RDWR|os.O_CREATE, 0o600)': "a.txt",
    "os.Create(local)": "a.txt",
    "os.Create(log)": "a/b.txt",
    'os.Create(folder + "x.txt")': "testdata/x.txt",
    'os.Create("./" + ("x.txt"))': "x.txt",
    'os.Create(filepath.Join(folder, "x.txt"))': "testdata/x.txt",
    'os.Create(filepath.Join("/", "tmp", "x"))': "/tmp/x",
    'os.Create(os.TempDir() + "/x")': "os.TempDir()/x",
    "os.Create(lock())": "os.TempDir()/p.lock",
    'save("a.txt")': "a.txt",
    'b.save("a.txt")': "a.txt",
}
UNCHANGED = (
    'os.ReadFile("a.txt")',
    'os.OpenFile("a.txt", os.O_RDONLY, 0)',
    'fs.Create("a.txt")',
    "os.Create(given)",
    "os.Create(longer)",
    "os.Create(moved)",
    'os.Create(filepath.Join(t.TempDir(), "x"))',
    "os.Create(given + local)",
    'saveAs("a.txt")',
    'saveIn("a.txt")',
    'load("a.txt")',
    "os.Create()",
)


def _paths_and_call(call: str) -> tuple[FilePaths, Node]:
    parsed = package(TEXT.format(call))
    node = next(each for each in parsed.files[FILE].calls_of if text_of(each) == call)
    return parsed.writes.paths, node


@pytest.mark.parametrize("call", CHANGED)
def test_the_file_that_a_call_changes(call: str) -> None:
    paths, node = _paths_and_call(call)
    assert paths.changed(FILE, node) == f"the file {CHANGED[call]}"


@pytest.mark.parametrize("call", UNCHANGED)
def test_a_call_that_changes_no_file_or_one_that_is_not_known(call: str) -> None:
    paths, node = _paths_and_call(call)
    assert paths.changed(FILE, node) == ""


@pytest.mark.parametrize(
    ("call", "asked", "reads"),
    [
        ('os.ReadFile("a.txt")', "the file a.txt", True),
        ("os.Stat(lock())", "the file os.TempDir()/p.lock", True),
        ('os.OpenFile("a.txt", os.O_RDONLY, 0)', "the file a.txt", True),
        ('os.Mkdir("a", 0o700)', "the file a", False),
        ("os.ReadFile(given)", "", True),
        ('os.Getenv("a.txt")', "", False),
        ('use("a.txt")', "", False),
    ],
)
def test_a_call_depends_on_the_file_that_it_names(call: str, asked: str, reads: bool) -> None:
    paths, node = _paths_and_call(call)
    assert paths.asked(FILE, node) == asked
    assert paths.reads(FILE, node) is reads


def test_changing_and_reading_name_the_same_file() -> None:
    paths, write = _paths_and_call('os.Create(folder + "x.txt")')
    others, read = _paths_and_call('os.Open(filepath.Join("testdata", "x.txt"))')
    assert paths.changed(FILE, write) == others.asked(FILE, read) != ""
