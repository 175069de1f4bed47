// Package front_runners keeps whoever comes first.
package front_runners

import (
	"sync"
	"sync/atomic"
	"time"
)

// Election has one leader.
type Election struct {
	once   sync.Once
	leader string
	done   chan struct{}
}

// Open opens an election.
func Open() *Election { return &Election{done: make(chan struct{})} }

// Campaign makes the first that calls it the leader.
func (e *Election) Campaign(id string) {
	e.once.Do(func() {
		e.leader = id // @leader-set
		close(e.done)
	})
}

// Leader waits for the leader.
func (e *Election) Leader() string {
	<-e.done
	return e.leader
}

// Lease is taken by one.
type Lease struct {
	lock   sync.Mutex
	holder string
}

// Take takes the lease, if nobody has it.
func (l *Lease) Take(id string) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.holder == "" {
		l.holder = id // @holder-set
	}
}

// Holder returns who has it.
func (l *Lease) Holder() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.holder
}

// Race has a winner.
type Race struct {
	taken  atomic.Bool
	winner string
}

// Finish makes the first the winner.
func (r *Race) Finish(name string) {
	if r.taken.CompareAndSwap(false, true) {
		r.winner = name // @winner-set
	}
}

// Gather returns what each of some names is made into.
func Gather(names []string, made func(string) string) []string {
	var lock sync.Mutex
	var wg sync.WaitGroup
	var all []string
	for at, name := range names {
		wg.Add(1)
		go func() {
			defer wg.Done()
			time.Sleep(time.Duration(len(names)-at) * 20 * time.Millisecond)
			one := made(name)
			lock.Lock()
			defer lock.Unlock()
			all = append(all, one) // @gather-appends
		}()
	}
	wg.Wait()
	return all
}

// Listed does so one after the other.
func Listed(names []string, made func(string) string) []string {
	var all []string
	for _, name := range names {
		all = append([]string{made(name)}, all...)
	}
	return all
}
