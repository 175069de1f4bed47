// Package last_writers holds tests that want what one of several goroutines sets, and beside them
// tests that fail by something else.
package last_writers

import (
	"errors"
	"sync"
	"time"
)

var errOdd = errors.New("odd")

type rule func(order int) error

func odd(order int) error {
	if order%2 != 0 {
		return errOdd
	}
	return nil
}

func positive(int) error {
	time.Sleep(5 * time.Millisecond)
	return nil
}

func validate(order int, rules ...rule) error {
	var err error
	var group sync.WaitGroup
	for _, each := range rules {
		group.Add(1)
		go func(check rule) {
			defer group.Done()
			err = check(order) // @validates
		}(each)
	}
	group.Wait()
	return err
}

// joined gives each goroutine an error of its own.
func joined(order int, rules ...rule) error {
	errs := make([]error, len(rules))
	var group sync.WaitGroup
	for i, each := range rules {
		group.Add(1)
		go func(i int, check rule) {
			defer group.Done()
			errs[i] = check(order)
		}(i, each)
	}
	group.Wait()
	return errors.Join(errs...)
}

// kept keeps what failed, whichever it was.
func kept(order int, rules ...rule) error {
	var err error
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, each := range rules {
		group.Add(1)
		go func(check rule) {
			defer group.Done()
			if e := check(order); e != nil {
				mu.Lock()
				err = e
				mu.Unlock()
			}
		}(each)
	}
	group.Wait()
	return err
}

type mirror struct{ answers map[string]string }

func (m mirror) ask(host string, wait time.Duration) string {
	time.Sleep(wait)
	return m.answers[host]
}

func (m mirror) fastest() string {
	var answer string
	done := make(chan struct{})
	go func() {
		answer = m.ask("near", 5*time.Millisecond) // @near
		done <- struct{}{}
	}()
	go func() {
		answer = m.ask("far", time.Millisecond) // @far
		done <- struct{}{}
	}()
	<-done
	<-done
	return answer
}
