package peer_gone

import (
	"sync"
	"testing"
	"time"
)

// group is like an errgroup whose Go forgets Done where the function fails.
type group struct {
	wg    sync.WaitGroup
	first error
}

func (g *group) Go(do func() error) {
	g.wg.Add(1)
	go func() { // @group-go
		if err := do(); err != nil {
			g.first = err
			return // @group-return
		}
		g.wg.Done() // @group-done
	}()
}

func (g *group) Wait() error {
	g.wg.Wait() // @group-wait
	return g.first
}

func TestDoneWasSkipped(t *testing.T) {
	t.Parallel()
	g := &group{}
	g.Go(func() error { return nil })
	g.Go(func() error { return errBad })
	_ = g.Wait()
}

// team defers its Done, and one of its members is slow.
type team struct {
	wg    sync.WaitGroup
	first error
}

func (g *team) Go(do func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := do(); err != nil {
			g.first = err
			return
		}
	}()
}

func (g *team) Wait() error {
	g.wg.Wait()
	return g.first
}

func TestDoneIsLate(t *testing.T) {
	t.Parallel()
	g := &team{}
	g.Go(func() error {
		time.Sleep(time.Minute)
		return nil
	})
	_ = g.Wait()
}

// The loop adds one more than it starts.
func TestAddedTooMany(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	parts := []string{"a", "b"}
	wg.Add(len(parts) + 1)
	for range parts {
		go func() { // @many-go
			defer wg.Done() // @many-done
		}()
	}
	wg.Wait() // @many-wait
}

// The last worker is started by a timer.
func TestStartsLate(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
	}()
	time.AfterFunc(time.Minute, func() {
		wg.Done()
	})
	wg.Wait()
}

// The wait group is passed by value, so that its workers count down a copy.
func process(wg sync.WaitGroup) {
	defer wg.Done() // @copy-done
}

func TestPassedByValue(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	wg.Add(1)
	go process(wg) // @copy-go
	wg.Wait()      // @copy-wait
}

// process2 has a pointer, and waits for its input.
func process2(wg *sync.WaitGroup, input <-chan time.Time) {
	defer wg.Done()
	<-input
}

func TestPassedByPointer(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	wg.Add(1)
	go process2(&wg, time.After(time.Minute))
	wg.Wait()
}
