package services

import (
	"errors"
	"fmt"
	"sync"
)

// Bucket holds objects by name.
type Bucket interface {
	Get(key string) ([]byte, error)
	Put(key string, data []byte) error
}

var errMissing = errors.New("no such key")

// copier has workers who do not call Done for a key that is missing.
type copier struct {
	from, to Bucket
	workers  int
	mu       sync.Mutex
	errs     []error
}

func (c *copier) copy(keys []string) error {
	queue := make(chan string, len(keys))
	var left sync.WaitGroup
	for _, key := range keys {
		left.Add(1) // @copier-add
		queue <- key
	}
	close(queue)
	for range c.workers {
		go c.work(queue, &left) // @copier-go
	}
	left.Wait() // @copier-wait
	return errors.Join(c.errs...)
}

func (c *copier) work(queue <-chan string, left *sync.WaitGroup) {
	for key := range queue {
		data, err := c.from.Get(key)
		if err != nil {
			c.fail(fmt.Errorf("get %s: %w", key, err))
			continue // @copier-continue
		}
		if err := c.to.Put(key, data); err != nil {
			c.fail(fmt.Errorf("put %s: %w", key, err))
			left.Done() // @copier-failed
			continue
		}
		left.Done() // @copier-done
	}
}

func (c *copier) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errs = append(c.errs, err)
}

// mover counts every key down, and gets one of them slowly.
type mover struct {
	from, to Bucket
	mu       sync.Mutex
	errs     []error
}

func (m *mover) move(keys []string) error {
	queue := make(chan string, len(keys))
	var left sync.WaitGroup
	for _, key := range keys {
		left.Add(1)
		queue <- key
	}
	close(queue)
	go m.work(queue, &left)
	left.Wait()
	return errors.Join(m.errs...)
}

func (m *mover) work(queue <-chan string, left *sync.WaitGroup) {
	for key := range queue {
		data, err := m.from.Get(key)
		if err != nil {
			m.fail(fmt.Errorf("get %s: %w", key, err))
			left.Done()
			continue
		}
		if err := m.to.Put(key, data); err != nil {
			m.fail(fmt.Errorf("put %s: %w", key, err))
		}
		left.Done()
	}
}

func (m *mover) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.errs = append(m.errs, err)
}
