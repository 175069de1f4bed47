// Command dumps writes its goroutines as net/http/pprof does: dumps LEVEL COUNT.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"
)

func wait(mu *sync.Mutex) { mu.Lock() }

func receive(ch chan int) { <-ch }

func main() {
	level, _ := strconv.Atoi(os.Args[1])
	count, _ := strconv.Atoi(os.Args[2])
	ch := make(chan int)
	for i := 0; i < count; i++ {
		go receive(ch)
	}
	var mu sync.Mutex
	mu.Lock()
	labels := pprof.Labels("job", `a "b"`, "step", "two")
	pprof.Do(context.Background(), labels, func(context.Context) {
		go wait(&mu)
	})
	go func() {
		runtime.LockOSThread()
		select {}
	}()
	time.Sleep(200 * time.Millisecond)
	pprof.Lookup("goroutine").WriteTo(os.Stdout, level)
	mu.Unlock()
	_ = ch
}
