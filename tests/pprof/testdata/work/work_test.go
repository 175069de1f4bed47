// Package work burns time, allocates and waits, each in a function of its own.
package work

import (
	"context"
	"runtime/pprof"
	"sync"
	"testing"
	"time"
)

var (
	sink [][]byte
	sum  uint64
)

func step(x uint64) uint64 { return x*6364136223846793005 + 1442695040888963407 }

//go:noinline
func burn(steps int) uint64 {
	x := uint64(1)
	for i := 0; i < steps; i++ {
		x = step(x)
	}
	return x
}

//go:noinline
func allocate() {
	for i := 0; i < 64; i++ {
		sink = append(sink, make([]byte, 1<<20))
	}
}

//go:noinline
func contend() {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 20; i++ {
				mu.Lock()
				time.Sleep(time.Millisecond)
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
}

//go:noinline
func await() {
	c := make(chan int)
	go func() {
		time.Sleep(20 * time.Millisecond)
		c <- 1
	}()
	<-c
}

func TestWork(t *testing.T) {
	pprof.Do(context.Background(), pprof.Labels("job", "burn", "who", "me"), func(context.Context) {
		sum = burn(400_000_000) // some 0.4 s of one processor, however busy it is
	})
	allocate()
	contend()
	await()
}
