"""Which functions take a slot and give one back, and which returns leave one taken."""

from __future__ import annotations

from diagnosis.source.go_text import FILE, line_with, operation, package
from flakecore.diagnosis.source.objects.operations import OperationKind
from flakecore.diagnosis.source.syntax import declared_around
from flakecore.diagnosis.waits.slots.slot_functions import SlotFunctions, slot_functions

POOL = """
type pool struct{ slots chan struct{} }

func (p *pool) acquire() { p.slots <- struct{}{} }

func (p *pool) release() { <-p.slots }

func (p *pool) get(sick bool) (int, error) {
	p.acquire()
	if sick {
		return 0, errSick // keeps
	}
	return 1, nil
}

func (p *pool) put(int) { p.release() }

func (p *pool) do(f func(int)) error {
	c, err := p.get(false) // takes
	if err != nil {
		return err
	}
	defer p.put(c)
	f(c) // holds
	return nil
}

func (p *pool) run(task func()) {
	p.acquire()
	go func() {
		defer p.release()
		task() // runs
	}()
}

func (p *pool) check(f func() error) error {
	p.acquire()
	if err := f(); err != nil {
		return err // skips
	}
	p.release()
	return nil
}
"""
PARSED = package(POOL)


def _functions() -> SlotFunctions:
    return slot_functions(PARSED, FILE, operation(PARSED, OperationKind.SEND, "p.slots"))


def _named(keys: set[tuple[str, int]]) -> set[str]:
    nodes = (PARSED.calls.function_at(key) for key in keys)
    named = (declared_around(each) for each in nodes if each is not None)
    return {each.child_by_field_name("name").text.decode() for each in named if each is not None}


def test_helpers_of_helpers_are_followed() -> None:
    found = _functions()
    assert _named({*found.takes}) == {"acquire", "get", "do", "run", "check"}
    assert _named({*found.gives}) == {"release", "put", "do", "run", "check"}


def test_who_has_taken_and_is_to_give_back_holds_one() -> None:
    found = _functions()
    for part, holds in (("// holds", True), ("// runs", True), ("// takes", False)):
        line = line_with(POOL, part)
        function = PARSED.files[FILE].function_at(line)
        assert function is not None
        assert found.holds((FILE, function.start_byte), line) is holds, part


def test_a_return_of_an_error_keeps_the_slot_and_one_before_the_release() -> None:
    lines = [line_with(POOL, part) for part in ("// keeps", "// skips")]
    assert _functions().keeping_exits() == [f"{FILE}:{line}" for line in lines]
