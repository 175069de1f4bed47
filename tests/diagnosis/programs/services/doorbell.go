package services

import "context"

// doorbell rings only where somebody listens.
type doorbell struct{ rung chan bool }

func (d *doorbell) ring() {
	select {
	case d.rung <- true: // @bell-send
	default:
	}
}

// feed is read until it is closed, whatever becomes of the context.
func read(_ context.Context, feed <-chan int, over chan<- bool) {
	for range feed { // @feed-range
	}
	over <- true
}
