"""What a test changes of its package's variables, and what it puts back."""

from __future__ import annotations

import pytest

from flakecore.diagnosis.source.go_package import GoPackage

TEXT = """package p
var count, other int
var names = map[string]int{}
var current box
var total atomic.Int64
type box struct{ mode string }
func (b *box) set(mode string) { b.mode = mode }
func (b *box) get() string { return b.mode }
func add(name string) { names[name] = 1 }
func set(to *int) { *to = 3 }
"""
TESTS = """package p
func TestAssigns(t *testing.T) { count = 3 }
func TestCounts(t *testing.T) { count++ }
func TestAdds(t *testing.T) { t.Run("a", func(t *testing.T) { add("a") }) }
func TestDeletes(t *testing.T) { delete(names, "a") }
func TestCalls(t *testing.T) { current.set("fast") }
func TestStores(t *testing.T) { total.Store(3) }
func TestReads(t *testing.T) { use(count, names["a"], current.get(), total.Load()) }
func TestLocal(t *testing.T) { count := 3; count++; use(count) }
func TestMightByPointer(t *testing.T) { set(&other) }
func TestPutsBack(t *testing.T) {
	count = 3
	t.Cleanup(func() { count = 0 })
}
func TestBranches(t *testing.T) {
	if testing.Short() {
		count = 3
	}
}
func TestCallsInABranch(t *testing.T) {
	switch {
	case testing.Short():
		add("a")
	}
}
func TestDefers(t *testing.T) {
	defer current.set("")
}
"""
PARSED = GoPackage.parsed("/p", {"p.go": TEXT, "p_test.go": TESTS})
assert PARSED is not None
WRITES = PARSED.writes


@pytest.mark.parametrize(
    ("test", "changed"),
    [
        ("TestAssigns", {("count", False, True)}),
        ("TestCounts", {("count", False, False)}),
        ("TestAdds", {("names", False, False)}),
        ("TestDeletes", {("names", False, False)}),
        ("TestCalls", {("current", False, False)}),
        ("TestStores", {("total", False, False)}),
        ("TestReads", set()),
        ("TestLocal", set()),
        ("TestMightByPointer", set()),
        ("TestPutsBack", {("count", False, True), ("count", True, True)}),
        ("TestDefers", {("current", True, False)}),
        ("TestAbsent", set()),
    ],
)
def test_a_test_changes_what_it_assigns_counts_deletes_or_stores(
    test: str, changed: set[tuple[str, bool, bool]]
) -> None:
    found = {(each.variable, each.puts_back, each.whole) for each in WRITES.of_test(test)}
    assert found == changed


@pytest.mark.parametrize(
    ("test", "lines"), [("TestBranches", 0), ("TestCallsInABranch", 0), ("TestAdds", 1)]
)
def test_what_stands_in_a_branch_is_no_certain_change(test: str, lines: int) -> None:
    assert len(WRITES.of_test(test)) == 1
    assert len(WRITES.of_test(test, always=True)) == lines
