package shared_state

import (
	"testing"
	"time"
)

func TestSetsLimit(t *testing.T) {
	SetLimit(3)
	if Allowed(4) {
		t.Error("4 is allowed")
	}
}

func TestAllowsByDefault(t *testing.T) {
	if !Allowed(5) {
		t.Error("5 is not allowed") // @limit-fails
	}
}

func TestRegisters(t *testing.T) {
	Register("a")
	if Known() != 1 {
		t.Errorf("%d names", Known())
	}
}

func TestKnowsNothing(t *testing.T) {
	t.Run("names", func(t *testing.T) {
		if known := Known(); known != 0 {
			t.Errorf("%d names are known", known) // @names-fails
		}
	})
}

// Those that begin with Parallel run at the same time, behind all others.
func TestParallelFast(t *testing.T) {
	t.Parallel()
	current.Use("fast") // @uses-fast
	defer current.Use("")
	time.Sleep(100 * time.Millisecond)
}

func TestParallelPlain(t *testing.T) {
	t.Parallel()
	time.Sleep(30 * time.Millisecond)
	if current.mode != "" {
		t.Errorf("mode is %q", current.mode) // @mode-fails
	}
}

// What this one changes it puts back.
func TestPutsBack(t *testing.T) {
	old := level
	level = 2
	t.Cleanup(func() { level = old })
}

func TestLevel(t *testing.T) {
	if level != 2 {
		t.Errorf("level is %d", level)
	}
}

// Nobody changes the rows.
func TestReadsRows(t *testing.T) {
	if len(rows) != 2 {
		t.Fatal("two rows")
	}
}

func TestRows(t *testing.T) {
	if len(rows) != 3 {
		t.Errorf("%d rows", len(rows))
	}
}

// What this one changes, the next assigns itself.
func TestChangesSize(t *testing.T) { size = 5 }

func TestAssignsSize(t *testing.T) {
	size = 2
	if size != 3 {
		t.Errorf("size is %d", size)
	}
}

func TestLater(t *testing.T) {
	if later != 2 {
		t.Errorf("later is %d", later)
	}
}

// It runs behind the one that fails.
func TestTooLate(t *testing.T) { later = 3 }

// Nobody knows whether this one changes anything.
func TestMayChange(t *testing.T) {
	if testing.Verbose() && len(t.Name()) > 100 {
		maybe = 3
	}
}

func TestMaybe(t *testing.T) {
	if maybe != 2 {
		t.Errorf("maybe is %d", maybe)
	}
}
