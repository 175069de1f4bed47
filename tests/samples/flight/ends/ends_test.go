package ends

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

func TestPanics(t *testing.T) {
	go func() {
		time.Sleep(50 * time.Millisecond)
		panic("on a goroutine of its own")
	}()
	time.Sleep(10 * time.Second)
}

func TestSleeps(t *testing.T) { time.Sleep(10 * time.Second) }

// TestFailsTwice has a goroutine wait from before the first failure until after it.
func TestFailsTwice(t *testing.T) {
	over, done := make(chan bool), make(chan bool)
	go func() {
		select {
		case <-over:
		case <-done:
		}
		close(done)
	}()
	for stacks := make([]byte, 1<<16); !bytes.Contains(stacks, []byte("[select]:")); {
		runtime.Stack(stacks, true)
	}
	t.Run("one", func(t *testing.T) { t.Error("one") })
	close(over)
	t.Run("two", func(t *testing.T) { <-done; t.Error("two") })
}
