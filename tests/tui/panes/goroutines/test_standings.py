"""Goroutines at one moment of a trace or of a dump, alike ones together."""

from __future__ import annotations

from dataclasses import replace

from flakecore.gotest import DumpSource, read_dump
from flakecore.timeline import Case, CaseDump
from flakecore.times import SECOND
from flaketui.panes.goroutines.standings import standings_of_dump, standings_of_trace
from gotest.crashes.test_dumps import dumped
from toolchains import NEWEST
from tui.scenario import deadlock
from tui.scripted_schedule import MS

CASE = deadlock()


def test_the_goroutines_of_a_trace_are_those_that_are_there_at_the_moment() -> None:
    assert CASE.schedule is not None
    kinds, count = standings_of_trace(CASE, CASE.schedule, 500 * MS, 0, 34)
    assert count == 4
    assert [kind.first.number for kind in kinds] == [34, 21, 35, 1]
    lock = kinds[0].first
    assert (lock.state, lock.waited_ns, lock.test) == ("mutex", (500 - 421) * MS, "TestDrain")
    assert lock.own is not None
    assert (lock.own.short_file, lock.own.line, lock.creator) == ("pool.go", 88, 21)
    assert kinds[0].waited() == "79.0ms"


def test_the_runtimes_own_and_those_that_have_ended_or_not_begun_are_left_out() -> None:
    assert CASE.schedule is not None
    kinds, _ = standings_of_trace(CASE, CASE.schedule, 10 * MS, -1, 0)
    assert {one.number for kind in kinds for one in kind.members} == {1, 18}


def test_the_goroutines_of_a_dump_have_their_stack_test_and_creator(timed_out: Case) -> None:
    failure = next(one for one in timed_out.failures if one.crash >= 0)
    dump = timed_out.dumps[failure.crash]
    kinds = standings_of_dump(timed_out, dump, "TestLedgerTransfersBothWays", 0)
    by_number = {one.number: one for kind in kinds for one in kind.members}
    assert len(by_number) == len(dump.goroutines) == 7
    one = by_number[39]
    assert (one.state, one.test) == ("sync.Mutex.Lock", "TestLedgerTransfersBothWays")
    assert one.own is not None and one.created_at is not None
    assert (one.own.short_file, one.own.line) == ("ledger.go", 38)
    assert one.created_at.short_file == "ledger_test.go"
    assert kinds[0].first.test == "TestLedgerTransfersBothWays"
    assert kinds[0].waited() == ""  # a dump says nothing below a minute


def test_minutes_of_a_dump_are_told_as_minutes(timed_out: Case) -> None:
    failure = next(one for one in timed_out.failures if one.crash >= 0)
    kind = standings_of_dump(timed_out, timed_out.dumps[failure.crash], "", 0)[0]
    waiting = replace(kind.first, waited_ns=3 * 60 * SECOND)
    assert replace(kind, members=(waiting,)).waited() == "3 min"


def test_an_entry_of_a_debug_1_file_is_one_kind_without_numbers(timed_out: Case) -> None:
    groups = read_dump(dumped(NEWEST, 1, 30), name="goroutines.txt").groups
    dump = CaseDump(DumpSource.FILE, "goroutines.txt", "", None, (), groups)
    kind = standings_of_dump(timed_out, dump, "", 0)[0]
    assert (kind.count, kind.first.number) == (30, 0)
    assert kind.first.own is not None
    assert kind.first.own.function == "main.receive"
