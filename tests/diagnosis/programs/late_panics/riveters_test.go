// Package riveters panics where its test has waited too long.
package riveters

import (
	"sync"
	"testing"
	"time"
)

func rivet(all *sync.WaitGroup) {
	defer all.Done()
	time.Sleep(1200 * time.Millisecond) // @rivets
}

func TestRivetersAreLate(t *testing.T) {
	var all sync.WaitGroup
	for i := 0; i < 3; i++ {
		all.Add(1)
		go rivet(&all)
	}
	done := make(chan struct{})
	go func() {
		all.Wait() // @foreman-waits
		close(done)
	}()
	select {
	case <-done: // @rivets-receives
	case <-time.After(200 * time.Millisecond):
		panic("the riveters are not done") // @rivets-fails
	}
}
