// Package differing_lines has tests of which some runs fail, and print something of their own.
package differing_lines

import "testing"

var misses, skips, numbers, silent int

func TestMisses(t *testing.T) {
	misses++
	t.Log("looks for the user")
	if misses%4 == 0 {
		t.Logf("cache miss of user %d", misses)
		t.Error("no user")
	}
}

func TestWarms(t *testing.T) {
	skips++
	if skips%4 != 0 {
		t.Logf("warmed up in %d ms", skips)
	}
	t.Log("asks the cache")
	if skips%4 == 0 {
		t.Error("cold")
	}
}

func TestRetries(t *testing.T) {
	numbers++
	t.Logf("attempt %d", numbers)
	if numbers%4 == 0 {
		t.Log("gave the lease up")
	}
	t.Log("reads")
	if numbers%4 == 0 {
		t.Error("stale")
	}
}

// Only numbers differ.
func TestCounts(t *testing.T) {
	silent++
	t.Logf("attempt %d", silent)
	if silent%4 == 0 {
		t.Errorf("attempt %d", silent)
	}
}

// It fails and passes too seldom to tell.
func TestFailsOnce(t *testing.T) {
	if misses == 2 {
		t.Log("something else")
		t.Error("two")
	}
}

// What it prints last is of the failure.
func TestEndsEarly(t *testing.T) {
	if skips%4 == 0 {
		t.Fatal("ended")
	}
	t.Log("came to the end")
}
