// Six tests whose runs part at a known step. With -parallel=7 each of them fails. They run on one
// proc, on which a goroutine that sleeps lets all others run until they wait.
package firstparts

import (
	"context"
	"flag"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const moment = 20 * time.Millisecond

func fails() bool { return flag.Lookup("test.parallel").Value.String() == "7" }

func TestSelect(t *testing.T) {
	values, stop, got := make(chan int), make(chan bool), make(chan int)
	go consume(values, stop, got)
	go produce(values)
	go finish(stop)
	if n := <-got; n != 2 {
		t.Fatalf("got %d values", n)
	}
}

func consume(values chan int, stop chan bool, got chan int) {
	n := 0
	for n < 2 {
		select { // either
		case <-values:
			n++
		case <-stop:
			got <- n
			return
		}
	}
	got <- n
}

func produce(values chan int) {
	for n := 1; n <= 2; n++ {
		time.Sleep(time.Duration(n) * moment)
		if n == 2 && fails() {
			time.Sleep(20 * moment)
		}
		values <- n // value
	}
}

func finish(stop chan bool) {
	time.Sleep(10 * moment)
	close(stop) // stopped
}

func TestLocks(t *testing.T) {
	var a, b sync.Mutex
	done := make(chan bool, 2)
	go both(&a, &b, done)
	if !fails() {
		<-done
		done <- true
	}
	go both(&b, &a, done)
	for n := 0; n < 2; n++ {
		select {
		case <-done:
		case <-time.After(10 * moment):
			t.Fatal("not done")
		}
	}
}

func both(one, other *sync.Mutex, done chan bool) {
	one.Lock()
	time.Sleep(moment)
	other.Lock() // second lock
	other.Unlock()
	one.Unlock()
	done <- true
}

func TestTimer(t *testing.T) {
	result := make(chan int, 1)
	go lookUp(result)
	select {
	case <-result:
	case <-time.After(10 * moment):
		t.Fatal("no result")
	}
}

func lookUp(result chan int) {
	keys := make(chan int)
	go shard(keys)
	result <- <-keys
}

func shard(keys chan int) {
	if fails() {
		time.Sleep(20 * moment) // compaction
	}
	time.Sleep(moment) // look
	keys <- 1
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ready, out := make(chan int), make(chan int)
	go work(ctx, ready, out)
	time.Sleep(moment)
	if fails() {
		cancel() // cancelled
	} else {
		go func() { ready <- 1 }() // ready
	}
	if value := <-out; value == 0 {
		t.Fatal(ctx.Err())
	}
	cancel()
}

func work(ctx context.Context, ready, out chan int) {
	select { // waits
	case value := <-ready:
		out <- value
	case <-ctx.Done():
		out <- 0
	}
}

func TestJob(t *testing.T) {
	jobs, results := make(chan int), make(chan int)
	for n := 0; n < 3; n++ {
		go take(n, jobs, results)
	}
	time.Sleep(10 * moment)
	jobs <- 1 // job
	if n := <-results; n == 2 {
		t.Fatal("the stale connection")
	}
}

var waiting atomic.Int32

func take(n int, jobs, results chan int) {
	turn := n
	if fails() {
		turn = (n + 1) % 3
	}
	for int(waiting.Load()) != turn {
		runtime.Gosched()
	}
	waiting.Add(1)
	<-jobs // taken
	results <- n
}

func TestCallback(t *testing.T) {
	events := make(chan string)
	start := func() {
		go load(events) // loads
	}
	if fails() {
		time.AfterFunc(20*moment, start)
	} else {
		start()
	}
	go refresh(events)
	last := ""
	for n := 0; n < 2; n++ {
		last = <-events
	}
	if last != "refreshed" {
		t.Fatalf("stale: %s", last)
	}
}

func load(events chan string) { events <- "loaded" }

func refresh(events chan string) {
	time.Sleep(moment)
	events <- "refreshed"
}
