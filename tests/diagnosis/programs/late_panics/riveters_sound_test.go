package riveters

import (
	"testing"
	"time"
)

// It panics for what it got, not for how long it took.
func TestRivetsAreWrong(t *testing.T) {
	rivets := make(chan int, 1)
	rivets <- 7
	select {
	case got := <-rivets:
		if got != 8 {
			panic("a rivet too few")
		}
	case <-time.After(20 * time.Second):
	}
}
