// Package errgroup stands for the one of golang.org/x/sync: it keeps the first error.
package errgroup

import (
	"context"
	"sync"
)

// Group runs functions and keeps the first error.
type Group struct {
	all  sync.WaitGroup
	once sync.Once
	err  error
}

// WithContext returns a group and a context of it.
func WithContext(ctx context.Context) (*Group, context.Context) { return &Group{}, ctx }

// Go runs a function.
func (g *Group) Go(f func() error) {
	g.all.Add(1)
	go func() {
		defer g.all.Done()
		if err := f(); err != nil {
			g.once.Do(func() { g.err = err })
		}
	}()
}

// Wait waits for all and returns the first error.
func (g *Group) Wait() error {
	g.all.Wait()
	return g.err
}
