package services

import (
	"errors"
	"sync"
	"time"
)

var errLate = errors.New("no quote in time")

// desk asks a carrier for its price, and goes on without it after a while.
type desk struct {
	asked   sync.WaitGroup
	timeout time.Duration
}

func (d *desk) ask(quote func(int) int, kilos int) (int, error) {
	price := make(chan int) // @desk-made
	d.asked.Add(1)
	go func() {
		defer d.asked.Done()  // @desk-done
		price <- quote(kilos) // @desk-send
	}()
	select {
	case found := <-price: // @desk-receive
		return found, nil
	case <-time.After(d.timeout):
		return 0, errLate
	}
}

// counter has room for a price that comes late.
type counter struct {
	asked   sync.WaitGroup
	timeout time.Duration
}

func (c *counter) ask(quote func(int) int, kilos int) (int, error) {
	price := make(chan int, 1)
	c.asked.Add(1)
	go func() {
		defer c.asked.Done()
		price <- quote(kilos)
	}()
	select {
	case found := <-price:
		return found, nil
	case <-time.After(c.timeout):
		return 0, errLate
	}
}
