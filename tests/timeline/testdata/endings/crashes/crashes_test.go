// Package crashes holds tests that take the whole process down, each by itself.
package crashes

import (
	"fmt"
	"log"
	"os"
	"sync"
	"testing"
	"time"
)

func TestBefore(t *testing.T) { time.Sleep(time.Millisecond) }

func TestPanics(t *testing.T) {
	var m map[string]int
	m["x"] = 1 // panic
}

func TestSubtestPanics(t *testing.T) {
	t.Run("inner", func(t *testing.T) {
		panic(fmt.Errorf("broken: %d", 7)) // sub-panic
	})
}

func TestChildPanics(t *testing.T) {
	go func() {
		time.Sleep(5 * time.Millisecond)
		panic("in a child") // child-panic
	}()
	time.Sleep(time.Minute)
}

func TestHangsOne(t *testing.T) {
	t.Parallel()
	var lock sync.Mutex
	lock.Lock()
	lock.Lock() // hang-lock
}

func TestHangsTwo(t *testing.T) {
	t.Parallel()
	t.Run("sub", func(t *testing.T) {
		<-make(chan int) // hang-receive
	})
}

func TestRaces(t *testing.T) {
	count := 0
	done := make(chan struct{})
	go func() {
		count++ // race-child
		close(done)
	}()
	count++ // race-test
	<-done
}

func TestRacesInSubtest(t *testing.T) {
	t.Run("inner", func(t *testing.T) {
		count := 0
		done := make(chan struct{})
		go func() {
			count++
			close(done)
		}()
		count++
		<-done
		t.Error("and fails besides") // besides
	})
}

func TestMapWrites(t *testing.T) {
	m := map[int]int{}
	for i := range 4 {
		go func() {
			for {
				m[i]++ // map-write
			}
		}()
	}
	time.Sleep(time.Minute)
}

func TestAsleep(t *testing.T) {
	ch := make(chan int)
	<-ch // asleep
}

func TestExits(t *testing.T) {
	time.Sleep(20 * time.Millisecond)
	os.Exit(3)
}

// It exits in the second second, when whole generations of the trace are written.
func TestExitsLate(t *testing.T) {
	time.Sleep(1700 * time.Millisecond)
	fmt.Println("last words")
	os.Exit(3)
}

func TestLogFatal(t *testing.T) {
	log.Fatal("cannot go on")
}
