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

func TestFailsTwice(t *testing.T) {
	done := make(chan bool)
	go func() { time.Sleep(100 * time.Millisecond); close(done) }()
	t.Run("one", func(t *testing.T) { t.Error("one") })
	t.Run("two", func(t *testing.T) { <-done; t.Error("two") })
}
