// Package brief_waits holds tests that fail by themselves, while goroutines of theirs wait for them.
package brief_waits

import (
	"testing"
	"time"
)

// It fails before it receives, so that its goroutine waits for ever.
func TestFailsFirst(t *testing.T) {
	out := make(chan int)
	go func() { out <- len("word") }()
	time.Sleep(5 * time.Millisecond)
	if n := len("abc"); n != 4 {
		t.Fatalf("n is %d", n)
	}
	<-out
}

// It takes fewer than its goroutine sends.
func TestTakesThree(t *testing.T) {
	out, done := make(chan int), make(chan struct{})
	go func() {
		defer close(done)
		for at := 0; at < 5; at++ {
			out <- at
		}
	}()
	sum := <-out + <-out + <-out
	if sum != 4 {
		t.Errorf("sum is %d", sum)
		return
	}
	<-done
}

// A goroutine waits for more, which it wants nothing of.
func TestNeverSums(t *testing.T) {
	in, first := make(chan int), make(chan int, 1)
	go func() {
		first <- 2 * <-in
		for each := range in {
			first <- each
		}
	}()
	in <- 2
	if got := <-first; got != 5 {
		t.Fatalf("never is twice two %d", got)
	}
	close(in)
}

// The timer came first, and who was late waits for ever then.
func TestComesLate(t *testing.T) {
	out := make(chan int)
	go func() {
		time.Sleep(20 * time.Millisecond)
		out <- 1
	}()
	select {
	case <-out:
	case <-time.After(time.Millisecond):
		time.Sleep(40 * time.Millisecond)
		t.Fatal("nothing came")
	}
}
