// Package outlived keeps values that are good for a while.
package outlived

import (
	"sync"
	"time"
)

// Cache keeps values for a while.
type Cache struct {
	ttl   time.Duration
	until map[string]time.Time
}

// New returns a cache that keeps values for some time.
func New(ttl time.Duration) *Cache {
	return &Cache{ttl: ttl, until: map[string]time.Time{}}
}

// Set sets a value.
func (c *Cache) Set(name string) { c.until[name] = time.Now().Add(c.ttl) }

// Has returns whether a value is there still.
func (c *Cache) Has(name string) bool {
	until, there := c.until[name]
	return there && time.Now().Before(until) // @has-asks
}

// Bucket gives tokens.
type Bucket struct {
	lock   sync.Mutex
	tokens float64
	rate   float64
	last   time.Time
}

// NewBucket returns a bucket with some tokens, which gets more.
func NewBucket(rate float64, tokens int) *Bucket {
	return &Bucket{tokens: float64(tokens), rate: rate, last: time.Now()}
}

// Take takes a token, if there is one.
func (b *Bucket) Take() bool {
	b.lock.Lock()
	defer b.lock.Unlock()
	b.refill()
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

func (b *Bucket) refill() {
	now := time.Now()
	b.tokens += now.Sub(b.last).Seconds() * b.rate // @take-asks
	b.last = now
}

// Session ends when nobody came for a while.
type Session struct {
	idle time.Duration
	seen time.Time
}

// Open opens a session.
func Open(idle time.Duration) *Session { return &Session{idle, time.Now()} }

// State returns how a session is.
func (s *Session) State() string {
	if time.Since(s.seen) > s.idle { // @state-asks
		return "over"
	}
	return "open"
}
