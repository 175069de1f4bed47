package handover

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

const handovers = 3000

// TestHandover passes a token to and fro: each side waits for the other thousands of times, before
// and after the trace begins another generation, which it does every second.
func TestHandover(t *testing.T) {
	there, back := make(chan int), make(chan int)
	go func() {
		for token := range there {
			back <- token
		}
		close(back)
	}()
	for i := 0; i < handovers; i++ {
		if i == handovers/2 {
			time.Sleep(1200 * time.Millisecond)
		}
		there <- i
		<-back
	}
	close(there)
	<-back
}

// TestLeft leaves a goroutine that waits when the trace ends.
func TestLeft(t *testing.T) {
	t.Parallel()
	go func() { select {} }()
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		fmt.Println("from a goroutine of its own")
	}()
	group.Wait()
	runtime.GC()
	t.Run("below", func(t *testing.T) { t.Log("done") })
}
