// Package clock_stamps compares times that were written out.
package clock_stamps

import (
	"testing"
	"time"
)

type order struct {
	id int
	at string
}

func place(id int) order {
	return order{id: id, at: time.Now().Format(time.RFC3339Nano)}
}

func stamp() string { return time.Now().UTC().Format("15:04:05.000000000") }

func TestPlaces(t *testing.T) {
	now := time.Now().Format(time.RFC3339Nano)
	if got := place(1); got != (order{1, now}) {
		t.Errorf("got %v, want %v", got, order{1, now}) // @places-fails
	}
}

func TestStamps(t *testing.T) {
	want := time.Now().UTC().Format("15:04:05.000000000")
	if got := stamp(); got != want {
		t.Fatalf("got %s, want %s", got, want) // @stamps-fails
	}
}

func TestMillis(t *testing.T) {
	before := time.Now().UnixMilli()
	time.Sleep(2 * time.Millisecond)
	after := time.Now().UnixMilli()
	if before != after {
		t.Errorf("%d is not %d", before, after) // @millis-fails
	}
}

// The time is the same; another field is not.
func TestIdentity(t *testing.T) {
	now := time.Now().Format(time.RFC3339Nano)
	if got := (order{1, now}); got != (order{2, now}) {
		t.Errorf("got %v", got)
	}
}

// Both are fixed.
func TestFixed(t *testing.T) {
	at := time.Unix(0, 0).UTC().Format(time.TimeOnly)
	if at != "01:00:00" {
		t.Errorf("got %s, want 01:00:00", at)
	}
}

// What is asked is how many there are.
func TestLength(t *testing.T) {
	if got := len(stamp()); got != 7 {
		t.Errorf("%d letters in %s and %s", got, stamp(), stamp())
	}
}

func left(until time.Time) time.Duration { return time.Until(until).Round(time.Microsecond) } // @left

func TestLeft(t *testing.T) {
	until := time.Now().Add(time.Hour)
	time.Sleep(time.Millisecond)
	if got := left(until); got != time.Hour {
		t.Errorf("%v are left", got) // @left-fails
	}
}
