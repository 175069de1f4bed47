package kept_errors

import (
	"context"
	"errors"
	"testing"
	"time"
)

var errDisk, errNet = errors.New("disk"), errors.New("net")

func late() error { time.Sleep(20 * time.Millisecond); return errDisk }

func soon() error { return errNet }

func TestAll(t *testing.T) {
	if err := All(late, soon); !errors.Is(err, errDisk) {
		t.Errorf("err = %v, want disk", err) // @all-fails
	}
}

func TestEach(t *testing.T) {
	if err := Each(late, soon); err != errDisk {
		t.Errorf("err = %v, want %v", err, errDisk) // @each-fails
	}
}

func TestBoth(t *testing.T) {
	_, err := Both(late, soon)
	if !errors.Is(err, errDisk) {
		t.Errorf("err = %v, want disk", err) // @both-fails
	}
}

// Once in many rounds the select takes the item.
func TestNextCancelled(t *testing.T) {
	for again := 0; again < 100; again++ {
		ctx, cancel := context.WithCancel(context.Background())
		f := &Feed{make(chan int, 1)}
		f.items <- 7 // @sends
		cancel()     // @cancels
		if _, err := f.Next(ctx); err == nil {
			t.Fatal("an item after cancel") // @cancelled-fails
		}
	}
}

// One task alone has an error, another one than is wanted.
func TestAllOfOne(t *testing.T) {
	if err := All(soon); !errors.Is(err, errDisk) {
		t.Errorf("err = %v, want disk", err)
	}
}

// All errors are there; none of them is wanted.
func TestJoined(t *testing.T) {
	if err := Joined(late, soon); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want canceled", err)
	}
}

// It is cancelled, and there is no item.
func TestNextOfNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (&Feed{}).Next(ctx); err != context.DeadlineExceeded {
		t.Errorf("err = %v, want deadline exceeded", err)
	}
}

// The error that is wanted is none of the tasks'.
func TestAllOfOthers(t *testing.T) {
	fine := func() error { return nil }
	if err := All(fine, soon); !errors.Is(err, errDisk) {
		t.Errorf("err = %v, want disk", err)
	}
}
