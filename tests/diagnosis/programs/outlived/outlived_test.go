package outlived

import (
	"testing"
	"time"
)

// work takes some time of the processor's.
func work() {
	for end := time.Now().Add(25 * time.Millisecond); time.Now().Before(end); {
		_ = end
	}
}

func TestHas(t *testing.T) {
	c := New(20 * time.Millisecond) // @has-given
	c.Set("a")
	work()
	if !c.Has("a") {
		t.Error("a is gone") // @has-fails
	}
}

func TestTake(t *testing.T) {
	b, taken := NewBucket(50, 3), 0 // @take-given
	for again := 0; again < 4; again++ {
		if b.Take() {
			taken++
		}
		work()
	}
	if taken != 3 {
		t.Errorf("took %d, want 3", taken) // @take-fails
	}
}

func TestState(t *testing.T) {
	s := Open(10 * time.Millisecond) // @state-given
	work()
	if got := s.State(); got != "open" {
		t.Errorf("it is %s", got) // @state-fails
	}
}

// It asks for another value.
func TestHasAnother(t *testing.T) {
	c := New(time.Hour)
	c.Set("a")
	work()
	if !c.Has("b") {
		t.Error("b is gone")
	}
}

// It waits until the session is over, and wants it called otherwise.
func TestStateAfterwards(t *testing.T) {
	s := Open(10 * time.Millisecond)
	time.Sleep(20 * time.Millisecond)
	if got := s.State(); got != "closed" {
		t.Errorf("it is %s", got)
	}
}

// There are no more tokens than those at first.
func TestTakeAll(t *testing.T) {
	b := NewBucket(0, 2)
	work()
	if got := b.Take(); got {
		t.Errorf("took one: %v", got)
	}
}
