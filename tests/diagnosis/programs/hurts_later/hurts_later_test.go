// Package hurts_later holds tests whose goroutines panic when they have ended, and beside them
// tests whose goroutines panic at once, or never.
package hurts_later

import (
	"testing"
	"time"
)

var names map[string]int

func keep(after time.Duration, name string) {
	time.Sleep(after)
	names[name]++ // @keeps
}

func start(after time.Duration) {
	go keep(after, "a") // @keep-starts
}

func TestALeavesSender(t *testing.T) {
	out := make(chan int)
	go func() { // @sender-starts
		time.Sleep(50 * time.Millisecond)
		out <- 1 // @sends-late
	}()
	close(out)
}

func TestALeavesWorker(t *testing.T) { start(50 * time.Millisecond) }

func TestALeavesTimer(t *testing.T) {
	time.AfterFunc(50*time.Millisecond, func() {
		panic("nobody waits") // @timer-panics
	})
}

// Its goroutine panics while it runs.
func TestPanicsBeside(t *testing.T) {
	start(0)
	time.Sleep(300 * time.Millisecond)
}

// Its goroutine ends well.
func TestALeavesWell(t *testing.T) {
	names = map[string]int{}
	start(50 * time.Millisecond)
}

// It panics itself, behind another one.
func TestAPasses(t *testing.T) { time.Sleep(time.Millisecond) }

func TestPanicsItself(t *testing.T) { panic("itself") }

func TestNext(t *testing.T) { time.Sleep(300 * time.Millisecond) }
