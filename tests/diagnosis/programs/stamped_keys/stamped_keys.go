// Package stamped_keys keeps what it is given by the time.
package stamped_keys

import (
	"strconv"
	"time"
)

// Store keeps orders.
type Store struct{ orders map[int64]string }

// Open makes an empty store.
func Open() *Store { return &Store{map[int64]string{}} }

// Place keeps an order.
func (s *Store) Place(item string) int64 {
	id := time.Now().Unix() // @place-asks
	s.orders[id] = item
	return id
}

// Len returns how many orders there are.
func (s *Store) Len() int { return len(s.orders) }

// Log keeps lines.
type Log struct{ lines map[string]string }

func key() string { return strconv.FormatInt(time.Now().Unix(), 16) } // @key-asks

// Add keeps a line.
func (l *Log) Add(line string) { l.lines[key()] = line }

// Counted keeps what it is given by a count.
type Counted struct {
	next  int64
	items map[int64]string
}

// Put keeps an item.
func (c *Counted) Put(item string) {
	c.next++
	c.items[time.Now().Unix()+c.next] = item
}

// Shelf keeps goods by the day, and takes out what is old.
type Shelf struct{ goods map[string]string }

// Put keeps goods.
func (s *Shelf) Put(name string) {
	s.goods[time.Now().Format(time.DateOnly)] = name
	delete(s.goods, "")
}

// Basket keeps what has a name.
type Basket struct{ goods map[int64]string }

// Put keeps goods.
func (b *Basket) Put(name string) {
	if name == "" {
		return
	}
	b.goods[time.Now().UnixMicro()] = name
}
