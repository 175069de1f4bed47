// Package timers holds tests that wait for a timer which is not set, and beside each one that is.
package timers

import (
	"testing"
	"time"
)

// TestStoppedTimer waits for a timer that it has stopped.
func TestStoppedTimer(t *testing.T) {
	t.Parallel()
	timer := time.NewTimer(time.Minute)
	timer.Stop()
	<-timer.C // @stopped-receive
}

// TestSetTimer waits for a timer that it has set anew.
func TestSetTimer(t *testing.T) {
	t.Parallel()
	timer := time.NewTimer(time.Minute)
	timer.Stop()
	timer.Reset(time.Minute)
	<-timer.C
}

// pause waits for a timer whose time was taken before.
type pause struct{ timer *time.Timer }

func (p *pause) wait() { <-p.timer.C } // @pause-receive

func TestTakenTwice(t *testing.T) {
	t.Parallel()
	p := &pause{time.NewTimer(10 * time.Millisecond)}
	p.wait()
	p.wait()
}

// rest sets its timer anew each time.
type rest struct{ timer *time.Timer }

func (r *rest) wait() { <-r.timer.C }

func TestTakenOnce(t *testing.T) {
	t.Parallel()
	r := &rest{time.NewTimer(10 * time.Millisecond)}
	r.wait()
	r.timer.Reset(time.Minute)
	r.wait()
}

// TestStoppedTicker ranges over the ticks of a ticker that it stops.
func TestStoppedTicker(t *testing.T) {
	t.Parallel()
	ticker, count := time.NewTicker(10*time.Millisecond), 0
	for range ticker.C { // @ticker-range
		if count++; count == 2 {
			ticker.Stop()
		}
	}
}

// TestSlowTicker ranges over the ticks of a ticker that has hardly any.
func TestSlowTicker(t *testing.T) {
	t.Parallel()
	for range time.NewTicker(time.Minute).C {
		t.Log("tick")
	}
}
