package patience

import (
	"testing"
	"time"
)

func eachTick(t *testing.T, holds func() bool) {
	stop, tick := time.After(30*time.Millisecond), time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			t.Fatal("never") // @tick-fails
		case <-tick.C:
			if holds() {
				return
			}
		}
	}
}

func TestIsTrueInTime(t *testing.T) {
	var f Feed
	f.Load(1)
	if !WithinTime(func() bool { return f.Loaded() == 1 }, 30*time.Millisecond) {
		t.Fatal("nothing was loaded") // @truth-fails
	}
}

func TestIsReady(t *testing.T) {
	var f Feed
	f.Load(1)
	if err := Ready(func() bool { return f.Loaded() == 1 }); err != nil {
		t.Error(err) // @ready-fails
	}
}

func TestTicks(t *testing.T) {
	var f Feed
	f.Load(1)
	eachTick(t, func() bool { return f.Loaded() == 1 })
}

// Two were at work at the same place.
func TestBoth(t *testing.T) {
	var f Feed
	f.Load(2)
	ok := WithinTime(func() bool { return f.Loaded() == 2 }, 30*time.Millisecond)
	if !ok {
		t.Error("not both were loaded") // @both-fails
	}
}

// Two were at work at different places: which was waited for is not known.
func TestTwoPlaces(t *testing.T) {
	var f Feed
	f.Load(1)
	f.Print()
	if !WithinTime(func() bool { return f.Loaded() == 1 }, 30*time.Millisecond) {
		t.Error("nothing was loaded")
	}
}

// Nobody was at work: what it waits for never comes.
func TestNobodyLoads(t *testing.T) {
	var f Feed
	if !WithinTime(func() bool { return f.Loaded() == 1 }, 30*time.Millisecond) {
		t.Error("nothing was loaded")
	}
}

// What it waits for came in time, and it fails by something else while another is at work.
func TestCountsWrongly(t *testing.T) {
	var f Feed
	tries := 0
	f.Load(1)
	if !WithinTime(func() bool { tries++; return tries > 4 }, 30*time.Second) {
		t.Error("not tried")
	}
	if tries != 4 {
		t.Errorf("tried %d times", tries)
	}
}
