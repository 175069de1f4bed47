// Command small writes an execution trace of a few kilobytes that has a little of everything to the
// file it is given.
package main

import (
	"context"
	"log"
	"os"
	"runtime/trace"
	"sync"
	"time"
)

func main() {
	file, err := os.Create(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := trace.Start(file); err != nil {
		log.Fatal(err)
	}
	ctx, task := trace.NewTask(context.Background(), "outer")
	var all sync.WaitGroup
	values := make(chan int)
	all.Add(2)
	go func() {
		defer all.Done()
		for i := 0; i < 3; i++ {
			values <- i
		}
		close(values)
	}()
	go func() {
		defer all.Done()
		for range values {
			trace.Log(ctx, "step", "taken")
		}
	}()
	trace.WithRegion(ctx, "wait", all.Wait)
	time.Sleep(time.Millisecond)
	task.End()
	trace.Stop()
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
}
