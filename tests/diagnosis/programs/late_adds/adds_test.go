// Package late_adds holds tests whose Wait does not wait, since each goroutine calls Add itself, and
// beside them tests that count their goroutines before they start them.
package late_adds

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// late is when the tests below have long failed; nobody waits for it.
const late = time.Second

func TestAddsInTheGoroutine(t *testing.T) {
	var group sync.WaitGroup
	var done atomic.Int64
	for n := 0; n < 4; n++ {
		go func() { // @goes
			time.Sleep(late)
			group.Add(1) // @adds
			defer group.Done()
			done.Add(1)
		}()
	}
	group.Wait() // @waits
	if got := done.Load(); got != 4 {
		t.Fatalf("%d of 4 are done", got) // @done-fails
	}
}

type fetcher struct {
	pending sync.WaitGroup
	mu      sync.Mutex
	pages   []string
}

// fetch counts itself.
func (f *fetcher) fetch(page string) {
	time.Sleep(late)
	f.pending.Add(1) // @fetch-adds
	defer f.pending.Done()
	f.mu.Lock()
	f.pages = append(f.pages, page)
	f.mu.Unlock()
}

func (f *fetcher) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.pages)
}

func TestFetchCountsItself(t *testing.T) {
	f := &fetcher{}
	for _, page := range []string{"a", "b", "c"} {
		go f.fetch(page) // @fetch-goes
	}
	f.pending.Wait() // @fetch-waits
	if got := f.count(); got < 3 {
		t.Errorf("fetched %d pages, want 3", got) // @fetch-fails
	}
}

func TestAddsBehindALock(t *testing.T) {
	var group sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for _, n := range []int{1, 2, 3} {
		go func(n int) { // @lock-goes
			time.Sleep(late)
			mu.Lock()
			defer mu.Unlock()
			group.Add(1) // @lock-adds
			total += n
			group.Done()
		}(n)
	}
	group.Wait() // @lock-waits
	mu.Lock()
	defer mu.Unlock()
	if total != 6 {
		t.Fatal("the total is not 6") // @lock-fails
	}
}

// Its goroutine is running when the test fails, and comes to Add later.
func TestAddsWhenItHasRun(t *testing.T) {
	var group sync.WaitGroup
	var done, failed atomic.Int64
	defer failed.Store(1)
	begun := make(chan bool)
	go func() { // @run-goes
		begun <- true
		for failed.Load() == 0 {
		}
		time.Sleep(late)
		group.Add(1) // @run-adds
		defer group.Done()
		done.Add(1)
	}()
	<-begun
	group.Wait() // @run-waits
	if got := done.Load(); got != 1 {
		t.Fatalf("%d of 1 are done", got) // @run-fails
	}
}

// It counts before it starts them, and what it wants is wrong.
func TestAddsBefore(t *testing.T) {
	var group sync.WaitGroup
	var done atomic.Int64
	for n := 0; n < 4; n++ {
		group.Add(1)
		go func() {
			defer group.Done()
			done.Add(1)
		}()
	}
	group.Wait()
	if got := done.Load(); got != 5 {
		t.Fatalf("%d of 5 are done", got)
	}
}

// Each of its goroutines adds for one that it starts itself, while it is counted.
func TestAddsForAnother(t *testing.T) {
	var group sync.WaitGroup
	var done atomic.Int64
	for n := 0; n < 2; n++ {
		group.Add(1)
		go func() {
			defer group.Done()
			group.Add(1)
			go func() {
				defer group.Done()
				done.Add(1)
			}()
		}()
	}
	group.Wait()
	if got := done.Load(); got != 3 {
		t.Fatalf("%d of 3 are done", got)
	}
}

// It waits for its goroutines otherwise, before it looks.
func TestWaitsOtherwise(t *testing.T) {
	var group sync.WaitGroup
	var done atomic.Int64
	over := make(chan bool, 2)
	for n := 0; n < 2; n++ {
		go func() {
			group.Add(1)
			done.Add(1)
			group.Done()
			over <- true
		}()
	}
	<-over
	<-over
	group.Wait()
	if got := done.Load(); got != 3 {
		t.Fatalf("%d of 3 are done", got)
	}
}

// Its worker adds for each job that it is given, and says so before the test waits.
func TestAddsEachRound(t *testing.T) {
	var group sync.WaitGroup
	jobs, taken := make(chan int), make(chan bool)
	defer close(jobs)
	total := 0
	go func() {
		for job := range jobs {
			group.Add(1)
			taken <- true
			total += job
			group.Done()
		}
	}()
	for job := range 3 {
		jobs <- job
		<-taken
	}
	group.Wait()
	if total != 4 {
		t.Fatalf("the jobs make %d, want 4", total)
	}
}

// Its goroutine has called Done and runs on while the test fails.
func TestRunsOn(t *testing.T) {
	var group sync.WaitGroup
	var done, stop atomic.Int64
	defer stop.Store(1)
	over := make(chan bool)
	go func() {
		group.Add(1)
		done.Add(1)
		group.Done()
		over <- true
		for stop.Load() == 0 {
		}
	}()
	<-over
	group.Wait()
	if got := done.Load(); got != 2 {
		t.Fatalf("%d of 2 are done", got)
	}
}

// What still ran when a test above failed is seen here where it stops next.
func TestLingers(*testing.T) { time.Sleep(100 * time.Millisecond) }
