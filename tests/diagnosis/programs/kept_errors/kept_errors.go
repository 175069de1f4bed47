// Package kept_errors runs tasks side by side and keeps the error of one of them, or of all.
package kept_errors

import (
	"context"
	"errors"
	"sync"
)

// All runs tasks and returns the first error.
func All(tasks ...func() error) error {
	var once sync.Once
	var first error
	var wg sync.WaitGroup
	for _, task := range tasks {
		task := task
		wg.Add(1)
		go func() { // @all-starts
			defer wg.Done()
			if err := task(); err != nil {
				once.Do(func() { first = err }) // @all-keeps
			}
		}()
	}
	wg.Wait()
	return first
}

// Each runs tasks and returns what comes first of them.
func Each(tasks ...func() error) error {
	errs := make(chan error, len(tasks))
	for _, task := range tasks {
		task := task
		go func() { errs <- task() }() // @each-starts
	}
	for range tasks {
		if err := <-errs; err != nil { // @each-receives
			return err
		}
	}
	return nil
}

// Both copies to two places and counts the copies.
func Both(one, other func() error) (int, error) {
	var lock sync.Mutex
	var failed error
	var wg sync.WaitGroup
	wg.Add(2)
	go func() { // @one-starts
		defer wg.Done()
		err := one()
		lock.Lock()
		defer lock.Unlock()
		if failed == nil {
			failed = err
		}
	}()
	go func() { // @other-starts
		defer wg.Done()
		err := other()
		lock.Lock()
		defer lock.Unlock()
		if failed == nil {
			failed = err // @both-keeps
		}
	}()
	wg.Wait()
	return 2, failed
}

// Joined runs tasks and returns all errors.
func Joined(tasks ...func() error) error {
	errs := make([]error, len(tasks))
	var wg sync.WaitGroup
	for at, task := range tasks {
		at, task := at, task
		wg.Add(1)
		go func() { defer wg.Done(); errs[at] = task() }()
	}
	wg.Wait()
	return errors.Join(errs...)
}

// Feed has items.
type Feed struct{ items chan int }

// Next returns the next item, or why there is none.
func (f *Feed) Next(ctx context.Context) (int, error) {
	select { // @selects
	case item := <-f.items:
		return item, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
