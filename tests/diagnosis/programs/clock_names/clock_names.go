// Package clock_names makes names and numbers of the time.
package clock_names

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Order has a name.
type Order struct{ ID string }

// NewOrder returns an order by the second.
func NewOrder() *Order {
	return &Order{ID: fmt.Sprintf("order-%d", time.Now().Unix())} // @by-second
}

// Store holds orders by name.
type Store struct{ orders map[string]*Order }

// Add adds an order.
func (s *Store) Add(order *Order) error {
	if _, there := s.orders[order.ID]; there {
		return fmt.Errorf("%s exists", order.ID)
	}
	s.orders[order.ID] = order
	return nil
}

// Folder returns the name of a folder for now.
func Folder() string {
	return "run-" + time.Now().Format("2006-01-02") // @by-day
}

// Stamp returns the hours since 1970.
func Stamp() int64 { return time.Now().Unix() / 3600 } // @by-hour

var made atomic.Int64

// Counted returns an order by a number of its own.
func Counted() *Order { return &Order{ID: fmt.Sprintf("order-%d", made.Add(1)/10)} }
