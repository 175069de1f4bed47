package main

import (
	"context"
	"io"
	"log"
	"runtime/pprof"
	"runtime/trace"
	"syscall"
	"time"
)

// profile has the processor sampled: the trace holds the samples too.
func profile() {
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		log.Fatal(err)
	}
}

// toil uses up processor time, of which there may be little on a busy machine: samples are taken
// of it, a hundred a second.
func toil(atLeast time.Duration) {
	for spent() < atLeast {
		for i := 0; i < 1_000_000; i++ {
			toiled += i
		}
	}
}

var toiled int

func spent() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// A task that begins before the trace does, of which only the end is in it.
func olderTask() *trace.Task {
	_, task := trace.NewTask(context.Background(), "older")
	return task
}

// A task and two regions that go on over all generations, and some that never end.
func longTask(older *trace.Task) (finish func()) {
	ctx, task := trace.NewTask(context.Background(), "long")
	trace.NewTask(ctx, "endless")
	outer := trace.StartRegion(ctx, "outer")
	inner := trace.StartRegion(context.Background(), "inner")
	return func() {
		older.End()
		inner.End()
		outer.End()
		task.End()
		trace.StartRegion(ctx, "endless region")
	}
}

func nested(int) {
	ctx, task := trace.NewTask(context.Background(), "nest")
	defer task.End()
	var within func(int)
	within = func(depth int) {
		trace.Logf(ctx, "depth", "now %d", depth)
		if depth < 4 {
			trace.WithRegion(ctx, "level", func() { within(depth + 1) })
		} else {
			time.Sleep(50 * time.Microsecond) // which may end it on another thread
		}
	}
	within(0)
	trace.Log(context.Background(), "", "of no task")
}

// A task that begins on one goroutine and ends on another.
func handed(int) {
	_, task := trace.NewTask(context.Background(), "handed on")
	done := make(chan struct{})
	go func() {
		defer close(done)
		task.End()
	}()
	<-done
}

func labels(round int) {
	pprof.Do(context.Background(), pprof.Labels("round", "any"), func(context.Context) {
		for end := time.Now().Add(2 * time.Millisecond); time.Now().Before(end); {
			round++
		}
	})
}
