// Package cpushares spends its time on handing threads over, or on work.
package cpushares

import (
	"runtime"
	"syscall"
	"testing"
)

// spent returns the processor time of the process in milliseconds.
func spent() int64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return (usage.Utime.Sec+usage.Stime.Sec)*1000 + int64(usage.Utime.Usec+usage.Stime.Usec)/1000
}

// TestHandsOver passes a token between two threads, each of which sleeps for the other.
func TestHandsOver(t *testing.T) {
	there, back := make(chan int), make(chan int)
	go func() {
		runtime.LockOSThread()
		for n := range there {
			back <- n
		}
		close(back)
	}()
	runtime.LockOSThread()
	for until := spent() + 3000; spent() < until; {
		for range [1000]int{} {
			there <- 1
			<-back
		}
	}
	close(there)
}

var sink int

// TestWorks computes for as long.
func TestWorks(t *testing.T) {
	for until := spent() + 3000; spent() < until; {
		for n := 0; n < 1_000_000; n++ {
			sink += n * n
		}
	}
}

type node struct{ left, right *node }

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{tree(depth - 1), tree(depth - 1)}
}

// TestCollects keeps a large tree alive and has the collector go through it again and again.
func TestCollects(t *testing.T) {
	kept := tree(18)
	for until := spent() + 3000; spent() < until; {
		runtime.GC()
	}
	runtime.KeepAlive(kept)
}
