// Package drained_timers holds tests that wait for a timer which has nothing left to send, and
// beside them tests whose timer is only slow, or drained with care.
package drained_timers

import (
	"testing"
	"time"
)

const tick = time.Millisecond

func TestStopsADrainedTimer(t *testing.T) {
	t.Parallel()
	timer := time.NewTimer(tick)
	<-timer.C // @drains
	if !timer.Stop() {
		<-timer.C // @drained-waits
	}
}

type watch struct{ timer *time.Timer }

func (w *watch) wait() {
	<-w.timer.C // @watch-drains
}

func (w *watch) rearm() {
	if !w.timer.Stop() {
		<-w.timer.C // @rearm-waits
	}
	w.timer.Reset(tick)
}

func TestRearmsADrainedTimer(t *testing.T) {
	t.Parallel()
	w := &watch{time.NewTimer(tick)}
	w.wait()
	w.rearm()
}

func TestWaitsForAStoppedTimer(t *testing.T) {
	t.Parallel()
	timer := time.NewTimer(time.Hour)
	timer.Stop() // @stops
	<-timer.C    // @stopped-waits
}

// The timer is only slow.
func TestWaitsForASlowTimer(t *testing.T) {
	t.Parallel()
	timer := time.NewTimer(time.Minute)
	<-timer.C
}

// It was stopped, and set again.
func TestWaitsForAResetTimer(t *testing.T) {
	t.Parallel()
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	timer.Reset(time.Minute)
	<-timer.C
}

// It drains the timer only if there is something, and hangs elsewhere.
func TestDrainsWithCare(t *testing.T) {
	t.Parallel()
	timer := time.NewTimer(tick)
	<-timer.C
	if !timer.Stop() {
		select {
		case <-timer.C:
		default:
		}
	}
	timer.Reset(time.Minute)
	<-timer.C
}
