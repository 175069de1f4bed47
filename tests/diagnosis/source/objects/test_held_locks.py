"""Which locks a function holds at a line, by its own text and by the methods that lock for it."""

from __future__ import annotations

import pytest

from diagnosis.source.go_text import FILE, line_with, package
from flakecore.diagnosis.source.objects.held_locks import held_locks

TEXT = """
type p struct{ mu sync.Mutex; other sync.RWMutex }
func (x *p) lock() { x.mu.Lock() }
func (x *p) unlock() { x.mu.Unlock() }
func (x *p) plain() {
	x.mu.Lock()
	a() // plain
	x.mu.Unlock()
	b() // released
}
func (x *p) deferred() {
	x.mu.Lock()
	defer x.mu.Unlock()
	a() // deferred
}
func (x *p) literal() {
	x.mu.Lock()
	defer func() { x.mu.Unlock() }()
	a() // closure
}
func (x *p) branch(ok bool) {
	x.mu.Lock()
	if !ok {
		x.mu.Unlock()
		return
	}
	a() // leaves
	x.mu.Unlock()
}
func (x *p) maybe(ok bool) {
	x.mu.Lock()
	if !ok {
		x.mu.Unlock()
	}
	a() // maybe
}
func (x *p) inside(ok bool) {
	if ok {
		x.mu.Lock()
		a() // inside
		x.mu.Unlock()
	}
	b() // outside
}
func (x *p) helped() {
	x.lock()
	a() // helped
	x.unlock()
	b() // let-go
}
func (x *p) reads() {
	x.other.RLock()
	a() // reads
	x.other.RUnlock()
}
"""


@pytest.mark.parametrize(
    ("mark", "held"),
    [
        ("plain", ["x.mu"]),
        ("released", []),
        ("deferred", ["x.mu"]),
        ("closure", ["x.mu"]),
        ("leaves", ["x.mu"]),
        ("maybe", []),
        ("inside", ["x.mu"]),
        ("outside", []),
        ("helped", ["x.mu"]),
        ("let-go", []),
        ("reads", ["x.other"]),
    ],
)
def test_a_lock_is_held_between_its_lock_and_any_unlock(mark: str, held: list[str]) -> None:
    parsed = package(TEXT)
    found = held_locks(
        parsed.files[FILE], parsed.lock_operations[FILE], line_with(TEXT, f"// {mark}")
    )
    assert [each.object.text for each in found] == held


def test_a_method_that_locks_and_unlocks_is_no_helper() -> None:
    assert set(package(TEXT).lock_helpers) == {("p", "lock"), ("p", "unlock")}
