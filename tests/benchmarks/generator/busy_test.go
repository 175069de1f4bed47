// Package busy keeps a number of goroutines busy for a while with everything a scheduler traces,
// so that a trace of any size can be made: channels, mutexes, selects, system calls, garbage.
package busy

import (
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// TestBusy works with BUSY_GOROUTINES goroutines for BUSY_MILLISECONDS and then fails, so that there
// is a failure to open on.
func TestBusy(t *testing.T) {
	goroutines := number("BUSY_GOROUTINES", 32)
	length := time.Duration(number("BUSY_MILLISECONDS", 500)) * time.Millisecond

	var (
		everybody sync.WaitGroup
		shared    sync.Mutex
		counts    = map[int]int{}
		ring      = make([]chan int, goroutines)
		stop      = make(chan struct{})
	)
	for i := range ring {
		ring[i] = make(chan int, 1)
	}
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	for i := range goroutines {
		everybody.Add(1)
		go func() {
			defer everybody.Done()
			next, mine := ring[(i+1)%goroutines], ring[i]
			buffer := make([]byte, 16)
			for n := 0; ; n++ {
				select {
				case next <- n:
				case got := <-mine:
					shared.Lock()
					counts[got%64]++
					shared.Unlock()
				case <-stop:
					return
				}
				if n%64 == 0 {
					file.Read(buffer)
				}
				if n%256 == 0 {
					buffer = make([]byte, 16+n%4096)
				}
			}
		}()
	}
	time.Sleep(length)
	close(stop)
	everybody.Wait()
	t.Errorf("worked for %v with %d goroutines", length, goroutines)
}
