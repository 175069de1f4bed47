// A worker that gives up after the first order where there is one proc, and delivers both elsewhere.
package parting

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

func TestSteady(t *testing.T) {
	done := make(chan bool)
	go func() { defer close(done); fmt.Println("steady as always") }()
	<-done
}

func TestDelivery(t *testing.T) {
	out := make(chan string, 2)
	finished := make(chan bool)
	for worker := 0; worker < 2; worker++ {
		go deliver(worker, out, finished) // start
		<-finished
	}
	select {
	case first := <-out:
		t.Log("received", first)
	case <-time.After(100 * time.Millisecond):
		t.Fatalf("nothing delivered within %v", 100*time.Millisecond)
	}
}

func deliver(worker int, out chan<- string, finished chan<- bool) {
	defer func() { finished <- true }()
	fmt.Printf("worker %d: takes order at %v\n", worker, time.Now())
	if runtime.GOMAXPROCS(0) == 1 && worker == 1 {
		fmt.Println("gives up")
		return
	}
	if runtime.GOMAXPROCS(0) == 1 {
		return
	}
	out <- "order"
	fmt.Println("delivers")
}
