package leak

import (
	"context"
	"testing"
	"time"
)

func TestGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Fetch(ctx, func() int { time.Sleep(5 * time.Millisecond); return 1 }); err == nil {
		t.Fatal("no error")
	}
}

func TestGivesUpWithRoom(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := FetchKept(ctx, func() int { time.Sleep(5 * time.Millisecond); return 1 }); err == nil {
		t.Fatal("no error")
	}
}

func TestPoolIsNotClosed(t *testing.T) {
	p := NewPool(3)
	ran := make(chan bool)
	p.jobs <- func() { ran <- true } // @pool-sends
	<-ran
}

func TestPoolIsClosed(t *testing.T) {
	p := NewPool(3)
	ran := make(chan bool)
	p.jobs <- func() { ran <- true }
	<-ran
	p.Close()
}

func TestSharedFirst(t *testing.T) {
	ran := make(chan bool)
	Shared().jobs <- func() { ran <- true }
	<-ran
}

func TestEndsAMomentLater(t *testing.T) {
	done := Later(60 * time.Millisecond)
	go func() { <-done }()
}

func TestStillAtWork(t *testing.T) {
	done := Later(time.Hour)
	go func() { <-done }()
}

func TestBank(t *testing.T) {
	if bank.take(1) {
		t.Fatal("there was nothing to take")
	}
	go bank.put(1) // @bank-starts
}

func TestSharedAgain(t *testing.T) {
	ran := make(chan bool)
	Shared().jobs <- func() { ran <- true }
	<-ran
}

func TestNotesAreKeptForAll(t *testing.T) {
	notes.put("first")
	notes.put("second")
}
