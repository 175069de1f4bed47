package main

import (
	"io"
	"log"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"sync"
	"time"
)

// Many syscalls a little longer than the monitor's patience, several at a time.
func brief(int) {
	var all sync.WaitGroup
	for i := 0; i < 3; i++ {
		read, write, err := os.Pipe()
		if err != nil {
			log.Fatal(err)
		}
		read.Fd() // makes the file blocking
		all.Add(2)
		go func() {
			defer all.Done()
			for i := 0; i < 4; i++ {
				time.Sleep(100 * time.Microsecond)
				io.WriteString(write, "x")
			}
			write.Close()
		}()
		go func() {
			defer all.Done()
			io.Copy(io.Discard, read)
			read.Close()
		}()
	}
	all.Wait()
}

func timers(int) {
	fired := make(chan struct{})
	time.AfterFunc(time.Millisecond, func() { close(fired) })
	ticker := time.NewTicker(200 * time.Microsecond)
	for i := 0; i < 3; i++ {
		<-ticker.C
	}
	ticker.Stop()
	timer := time.NewTimer(time.Hour)
	timer.Reset(100 * time.Microsecond)
	<-timer.C
	timer.Stop()
	<-fired
}

type node struct {
	left, right *node
	weight      [4]int
}

func tree(depth int) *node {
	if depth == 0 {
		return nil
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

var forest = make([]*node, 4)

// Goroutines that allocate faster than the collector marks have to mark themselves.
func assists(round int) {
	if round != 3 {
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	var all sync.WaitGroup
	for i := range forest {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			for j := 0; j < 4; j++ {
				forest[i] = tree(13)
			}
		}(i)
	}
	all.Wait()
}

// The world is stopped for several reasons.
func stops(round int) {
	if round%20 != 7 {
		return
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	runtime.Stack(make([]byte, 1<<10), true)
	if err := pprof.Lookup("goroutine").WriteTo(io.Discard, 0); err != nil {
		log.Fatal(err)
	}
}
