"""The lines of a plain log that are go's own, and those a CI prints around them."""

from __future__ import annotations

import re

FOUR = "    "
"""What testing indents by, and what a tab is read as."""
FRAMING = re.compile(
    r"=== (?:(RUN|PAUSE|CONT|NAME|FUZZ) +(\S*) *|(ATTR|ARTIFACTS) +(\S+) (.*))\Z"
    r"|((?: {4})*)--- (PASS|FAIL|SKIP|BENCH): (\S+)"
    r"(?: \((\d{1,9}\.\d\d)(?:s| seconds)\))? *\Z"
)
"""Lines of package testing: 1 what, 2 of which test; 3 to 5 attributes; 6 indentation, 7 result, 8
of which test, 9 seconds (spelled out up to Go 1.4)."""
BEHIND_TEXT = re.compile(
    r"(?<=[^ ])(?:=== (?:RUN|PAUSE|CONT|NAME) +(\S+)"
    r"|--- (?:PASS|FAIL|SKIP): (\S+) \(\d+\.\d\ds\)) *\Z"
)
"""The same behind what a test printed without a newline."""
VERDICT = re.compile(
    r"(ok|FAIL|\?)(?: {2,16}|(?= \S*[./])) ?(\S+)"
    r"(?: {1,8}(?:(\d{1,9}\.\d{1,9})s|\(cached\)|\[no test files\]).*"
    r"| +\[(?:build|setup) failed\]) *\Z"
)
"""Go's word on a package; its tabs may have become any number of blanks."""
UNTESTED = re.compile(r" {4}(\S+) {8}coverage: .*\Z")
PREAMBLE = re.compile(r"##\[endgroup\]|[$+] .*\bgo test\b")
"""The last that a CI prints of its own before a step's output: GitHub's, then a shell's."""
OUTSIDE_STARTS = ("go: downloading ", "go: finding ", "go: extracting ")
EXIT_NOTES = ("exit status ", "signal: ", "*** Test killed")
MAKES = re.compile(r"make(?:\[\d+\])?: \*\*\* ")
"""What make writes of a target that failed, to a stream of its own: amid what another printed."""
PACKAGE_MARKS = ("✓", "✔", "✖", "✗", "∅")
"""What gotestsum's line for a package begins with."""
PERHAPS_FRAMING = frozenset(
    ("P", "F", "S", "o", "?", " ", "\t", "\x1b", "", "B", "|", *"┃│", *PACKAGE_MARKS)
)
"""What a line may begin with that is not a test's own."""
RESULT_MARKS = (
    "=== ",
    "--- ",
    "\nPASS",
    "\nFAIL",
    "\nSKIP",
    "\nok",
    "\n?",
    "\nBenchmark",
    "\n\x1b",
)
"""One of these is in each line that may mention tests and packages while a test runs."""
ENDS = {"ok": "pass", "FAIL": "fail", "?": "skip"}
MESSAGE = re.compile(r" {4}(?! )\S*?(?:\.go|>|\?\?\?):\d+: ", re.ASCII)
"""What a test logs while it runs, with ``-v``: the first line of it."""
