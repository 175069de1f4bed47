// Package patience holds services that answer late, and ways to wait for them.
package patience

import (
	"errors"
	"sync/atomic"
	"time"
)

// Feed takes its articles from a slow source, several at a time.
type Feed struct {
	loaded, read atomic.Int32
}

// Load starts to take some articles.
func (f *Feed) Load(count int) {
	for range count {
		go f.take()
	}
}

func (f *Feed) take() {
	time.Sleep(600 * time.Millisecond) // @take-sleeps
	f.loaded.Add(1)
}

// Print starts to print an article.
func (f *Feed) Print() {
	go func() {
		time.Sleep(600 * time.Millisecond)
		f.read.Add(1)
	}()
}

// Loaded returns how many articles there are.
func (f *Feed) Loaded() int { return int(f.loaded.Load()) }

// WithinTime asks until something holds, or its time is over.
func WithinTime(holds func() bool, limit time.Duration) bool {
	until := time.Now().Add(limit)
	for time.Now().Before(until) {
		if holds() {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

// Ready asks until something holds, and returns an error where it never does.
func Ready(holds func() bool) error {
	for again := 0; again < 20; again++ {
		if holds() {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return errors.New("not ready")
}
