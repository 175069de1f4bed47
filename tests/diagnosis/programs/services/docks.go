package services

import (
	"sync"
	"time"
)

// dock hands pallets on with its own lock held.
type dock struct {
	name    string
	mu      sync.Mutex
	pallets int
	next    *dock
}

func (d *dock) shift(count int) {
	d.mu.Lock() // @dock-hold
	defer d.mu.Unlock()
	time.Sleep(20 * time.Millisecond)
	d.next.receive(count)
	d.pallets -= count
}

func (d *dock) receive(count int) {
	d.mu.Lock() // @dock-wait
	d.pallets += count
	d.mu.Unlock()
}

// ramp hands pallets on without its lock; one of three is slow with it.
type ramp struct {
	name    string
	mu      sync.Mutex
	pallets int
	next    *ramp
}

func (r *ramp) shift(count int) {
	r.mu.Lock()
	if r.name == "slow" {
		time.Sleep(time.Minute)
	}
	r.pallets -= count
	r.mu.Unlock()
	r.next.receive(count)
}

func (r *ramp) receive(count int) {
	r.mu.Lock()
	r.pallets += count
	r.mu.Unlock()
}
