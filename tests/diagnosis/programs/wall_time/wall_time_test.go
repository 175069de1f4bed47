// Package wall_time holds tests that assert how long something took, and beside them tests that
// merely look at a clock.
package wall_time

import (
	"testing"
	"time"
)

const limit = 2 * time.Millisecond

func work() int {
	time.Sleep(20 * time.Millisecond) // @works
	return 3
}

func TestTakesTooLong(t *testing.T) {
	start := time.Now()
	work()
	if took := time.Since(start); took > limit { // @took
		t.Errorf("took %v, want at most %v", took, limit) // @took-fails
	}
}

func TestTakesTooManyMilliseconds(t *testing.T) {
	before := time.Now()
	got := work()
	after := time.Now()
	elapsed := after.Sub(before) // @difference
	if got == 3 && elapsed.Milliseconds() >= 2 {
		t.Fatalf("slow: %d ms", elapsed.Milliseconds()) // @difference-fails
	}
}

func measured(f func() int) time.Duration {
	start := time.Now()
	f()
	return time.Since(start) // @measures
}

func TestTakesTooLongInAHelper(t *testing.T) {
	cold := measured(work)
	if float64(cold) > float64(limit) {
		t.Errorf("cold start is slow") // @measured-fails
	}
}

// It takes the time, and fails by what came out.
func TestLogsTheTime(t *testing.T) {
	start := time.Now()
	got := work()
	took := time.Since(start)
	if got != 4 {
		t.Errorf("got %d, want 4, after %v", got, took)
	}
}

// Either may be what failed.
func TestFailsByEither(t *testing.T) {
	start := time.Now()
	got := work()
	if got != 4 || time.Since(start) > limit {
		t.Errorf("got %d after %v", got, time.Since(start))
	}
}

// The time is a deadline for something else.
func TestPolls(t *testing.T) {
	start := time.Now()
	for work() != 4 {
		if time.Since(start) > limit {
			t.Fatal("never got 4")
		}
		time.Sleep(time.Millisecond)
	}
}

type clock struct{ now time.Time }

func (c *clock) Since(then time.Time) time.Duration { return c.now.Sub(then) }

// Its clock is the program's own.
func TestClockOfItsOwn(t *testing.T) {
	time := &clock{}
	start := time.now
	time.now = time.now.Add(5 * limit)
	if took := time.Since(start); took > limit {
		t.Errorf("took %v", took)
	}
}

// The time is measured, and a function makes something else of it.
func TestCountsTicks(t *testing.T) {
	start := time.Now()
	work()
	if ticks := ticksOf(time.Since(start)); ticks > 0 {
		t.Errorf("%d ticks", ticks)
	}
}

func ticksOf(time.Duration) int { return 1 }

func TestStampsDiffer(t *testing.T) {
	first := time.Now().Truncate(time.Hour)
	second := time.Now().Truncate(time.Hour)
	if !second.After(first) {
		t.Errorf("%v is not after %v", second, first) // @stamps-fail
	}
}

// It compares a reading with a day of its own.
func TestIsPast(t *testing.T) {
	opening := time.Date(2001, 2, 3, 0, 0, 0, 0, time.UTC)
	if time.Now().After(opening) {
		t.Error("it was opened")
	}
}
