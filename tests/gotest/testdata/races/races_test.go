// Package races holds data races that the race detector always sees.
package races

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var shared int

func bump() { shared++ }

func TestTwoGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			bump()
		}()
	}
	wg.Wait()
}

func TestWithTheTestItself(t *testing.T) {
	x := 0
	go func() { x = 1 }()
	time.Sleep(200 * time.Millisecond)
	t.Log(x)
}

// TestLeavesARaceBehind has passed long before its goroutines meet.
func TestLeavesARaceBehind(t *testing.T) {
	x := 0
	for i := 0; i < 2; i++ {
		i := i
		go func() {
			time.Sleep(time.Duration(50+30*i) * time.Millisecond)
			x++
		}()
	}
}

func TestSleepsMeanwhile(t *testing.T) {
	time.Sleep(300 * time.Millisecond)
}

func TestAtomicAndPlain(t *testing.T) {
	var x int32
	stop := make(chan int)
	go func() {
		atomic.StoreInt32(&x, 1)
		<-stop
	}()
	time.Sleep(50 * time.Millisecond)
	t.Log(x)
	close(stop)
}
