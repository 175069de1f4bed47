// Package late_words holds tests whose goroutines speak to them when they have ended, tests in
// whose midst the process is left, and beside them tests that wait, or fail by themselves.
package late_words

import (
	"fmt"
	"log"
	"os"
	"sync"
	"testing"
	"time"
)

var late sync.WaitGroup

func later(f func()) {
	late.Add(1)
	go func() { // @later-starts
		time.Sleep(30 * time.Millisecond)
		f()
		late.Done()
	}()
}

func TestErrorsLate(t *testing.T) {
	later(func() {
		t.Errorf("not done after %v", time.Second) // @errors-late
	})
}

// What it logs late goes to nobody, and harms nobody.
func TestLogsLate(t *testing.T) {
	later(func() { t.Logf("done after %v", time.Second) })
}

func check(t *testing.T, ok bool) {
	if !ok {
		t.Errorf("not ok") // @errors
	}
}

func TestFailsInAHelper(t *testing.T) {
	later(func() { check(t, false) })
}

func TestFailsForAPart(t *testing.T) {
	t.Run("part", func(t *testing.T) {
		go func() { // @part-starts
			time.Sleep(30 * time.Millisecond)
			t.Error("part is not done") // @part-fails
		}()
	})
	time.Sleep(100 * time.Millisecond)
}

// Its goroutine prints, which anybody may at any time.
func TestPrintsLate(t *testing.T) {
	later(func() { fmt.Println("done") })
}

// It waits for its goroutine.
func TestWaitsForWords(t *testing.T) {
	done := make(chan bool)
	later(func() {
		t.Log("done")
		close(done)
	})
	<-done
}

func TestNext(t *testing.T) {
	late.Wait()
	time.Sleep(200 * time.Millisecond)
}

func TestExits(t *testing.T) {
	os.Exit(3) // @exits
}

func stop(code int) {
	fmt.Println("stopping")
	os.Exit(code) // @stops
}

func TestStopsByHelper(t *testing.T) { stop(4) }

func TestGoroutineGivesUp(t *testing.T) {
	go func() { // @gives-up-starts
		log.Fatalf("no route to %s", "x") // @fatal
	}()
	time.Sleep(time.Second)
}

// It fails by itself, and says that it exits.
func TestSaysSo(t *testing.T) { t.Fatal("exit status 3") }
