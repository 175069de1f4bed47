// Package lent_slots holds tests that wait for a slot which a helper takes and another gives back,
// and beside each one whose slots are given back, later.
package lent_slots

import (
	"errors"
	"sync"
	"testing"
	"time"
)

var errSick = errors.New("sick")

// stable lends horses; a sick one is not lent, and its box stays taken.
type stable struct {
	boxes chan struct{}
	lent  int
	sick  int
}

func (s *stable) acquire() { s.boxes <- struct{}{} } // @stable-take

func (s *stable) release() { <-s.boxes }

func (s *stable) borrow() (int, error) {
	s.acquire()
	s.lent++
	if s.lent <= s.sick {
		return 0, errSick // @stable-sick
	}
	return s.lent, nil
}

func (s *stable) giveBack(int) { s.release() }

func (s *stable) ride(f func(int) error) error {
	horse, err := s.borrow()
	if err != nil {
		return err
	}
	defer s.giveBack(horse)
	return f(horse) // @stable-ride
}

func TestSickHorsesKeepTheirBoxes(t *testing.T) {
	t.Parallel()
	s := &stable{boxes: make(chan struct{}, 2), sick: 2}
	for i := 0; i < 3; i++ {
		_ = s.ride(func(int) error { return nil })
	}
}

func TestRiderWantsAnotherHorse(t *testing.T) {
	t.Parallel()
	s := &stable{boxes: make(chan struct{}, 1)}
	_ = s.ride(func(int) error {
		return s.ride(func(int) error { return nil })
	})
}

// team rides in pairs: each rider waits for all others, with a horse.
func TestRidersWaitForEachOther(t *testing.T) {
	t.Parallel()
	s := &stable{boxes: make(chan struct{}, 2)}
	var team, ready sync.WaitGroup
	ready.Add(3)
	for i := 0; i < 3; i++ {
		team.Add(1)
		go func() {
			defer team.Done()
			_ = s.ride(func(int) error {
				ready.Done()
				ready.Wait() // @team-wait
				return nil
			})
		}()
	}
	team.Wait()
}

// clinic gives the box of a sick horse back, and is slow.
type clinic struct {
	boxes chan struct{}
	lent  int
}

func (c *clinic) acquire() { c.boxes <- struct{}{} }

func (c *clinic) release() { <-c.boxes }

func (c *clinic) borrow() (int, error) {
	c.acquire()
	c.lent++
	if c.lent == 1 {
		c.release()
		return 0, errSick
	}
	return c.lent, nil
}

func (c *clinic) ride(f func(int) error) error {
	horse, err := c.borrow()
	if err != nil {
		return err
	}
	defer c.release()
	return f(horse)
}

func TestSickHorseGivesItsBoxBack(t *testing.T) {
	t.Parallel()
	c := &clinic{boxes: make(chan struct{}, 1)}
	_ = c.ride(func(int) error { return nil })
	go func() {
		_ = c.ride(func(int) error { time.Sleep(time.Minute); return nil })
	}()
	time.Sleep(20 * time.Millisecond)
	_ = c.ride(func(int) error { return nil })
}

func TestRiderHasTwoHorses(t *testing.T) {
	t.Parallel()
	c := &clinic{boxes: make(chan struct{}, 2)}
	_ = c.ride(func(int) error { return nil })
	go func() {
		_ = c.ride(func(int) error { time.Sleep(time.Minute); return nil })
	}()
	time.Sleep(20 * time.Millisecond)
	_ = c.ride(func(int) error {
		return c.ride(func(int) error { return nil })
	})
}

func TestRidersWaitForASlowOne(t *testing.T) {
	t.Parallel()
	c := &clinic{boxes: make(chan struct{}, 2)}
	var team, ready sync.WaitGroup
	ready.Add(1)
	for i := 0; i < 3; i++ {
		team.Add(1)
		go func() {
			defer team.Done()
			_ = c.ride(func(int) error { ready.Wait(); return nil })
		}()
	}
	time.Sleep(time.Minute)
	ready.Done()
	team.Wait()
}
