// Package helpers holds tests that fail by a helper, which leaves itself out of the place, and
// beside them tests that the helper fails for what they got.
package helpers

import (
	"testing"
	"time"
)

var served int

func mustEqual(t *testing.T, got, want int) {
	t.Helper()
	if got != want {
		t.Fatalf("got %d, want %d", got, want)
	}
}

func mustTake(t *testing.T, took, most time.Duration) {
	t.Helper()
	if took > most {
		t.Errorf("took %v", took)
	}
}

func mustTakeLittle(t *testing.T, took time.Duration) {
	t.Helper()
	mustTake(t, took, 10*time.Millisecond)
}

func waitFor(t *testing.T, done <-chan bool) {
	t.Helper()
	select {
	case <-done: // @wait-receives
	case <-time.After(10 * time.Millisecond):
		t.Fatal("not done in time")
	}
}

func TestServesTwice(t *testing.T) {
	served += 2 // @served-changes
	mustEqual(t, served, 2)
}

func TestServesNothing(t *testing.T) {
	mustEqual(t, served, 0) // @served-fails
}

func TestTakesLittle(t *testing.T) {
	began := time.Now()
	time.Sleep(30 * time.Millisecond)                   // @sleeps
	mustTake(t, time.Since(began), 10*time.Millisecond) // @took-fails
}

func TestDoneInTime(t *testing.T) {
	done := make(chan bool, 1)
	go func() {
		time.Sleep(60 * time.Millisecond) // @done-sleeps
		done <- true
	}()
	waitFor(t, done) // @done-fails
}

// Nothing but this test has to do with what is asked for.
func TestCountsWrongly(t *testing.T) {
	count := 1
	mustEqual(t, count, 2)
}

// What is asked for is no time that was measured.
func TestPlansTooLong(t *testing.T) {
	mustTakeLittle(t, 3*time.Second)
}
