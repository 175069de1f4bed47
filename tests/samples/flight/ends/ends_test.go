package ends

import (
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
