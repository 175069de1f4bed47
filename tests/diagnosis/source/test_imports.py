"""Calls of other packages' functions are told by the imports of their file."""

from __future__ import annotations

from diagnosis.source.go_text import FILE, package
from flakecore.diagnosis.source.go_parser import text_of
from flakecore.diagnosis.source.imports import imports_of, library_function

TEXT = """
import (
	"time"
	random "math/rand/v2"
	"math/rand/v2"
)
import "example.com/a/v3"

func f(clock *watch) {
	time.Now()
	random.IntN(3)
	rand.IntN(3)
	a.Run()
	clock.Now()
	local()
}
func g() {
	time := newWatch()
	time.Since()
}
"""


def test_a_function_is_told_by_the_path_of_its_package() -> None:
    parsed = package(TEXT)
    file = parsed.files[FILE]
    imports = imports_of(file.root)
    told = {text_of(call): library_function(call, imports, parsed.types) for call in file.calls_of}
    assert told == {
        "time.Now()": "time.Now",
        "random.IntN(3)": "math/rand/v2.IntN",
        "rand.IntN(3)": "math/rand/v2.IntN",
        "a.Run()": "example.com/a/v3.Run",
        "clock.Now()": "",
        "local()": "",
        "newWatch()": "",
        "time.Since()": "",
    }
