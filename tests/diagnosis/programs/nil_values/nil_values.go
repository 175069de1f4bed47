// Package nil_values follows pointers and fills maps that nobody made.
package nil_values

import "errors"

// Store keeps rows.
type Store struct {
	rows  map[string]int
	next  *Store
	label *string
}

// NewStore returns a store with rows.
func NewStore() *Store {
	return &Store{rows: map[string]int{}} // @new-store
}

// Put keeps a row.
func (s *Store) Put(name string) {
	s.rows[name] = 1 // @put
}

// Label returns the label.
//
//go:noinline
func (s *Store) Label() string {
	label := s.label
	return *label // @label
}

var registry map[string]int

// Register keeps a name.
func Register(name string) {
	registry[name]++ // @registers
}

// Find returns a store by name.
func Find(name string) (*Store, error) {
	if name == "" {
		return nil, errors.New("no name") // @find-nil
	}
	return NewStore(), nil
}

// Size returns how many rows a store of a name has.
//
//go:noinline
func Size(name string) int {
	found, _ := Find(name)
	return len(found.rows) // @size
}

// Of returns how many rows the store of a map has.
//
//go:noinline
func Of(stores map[string]*Store, name string) int {
	store := stores[name]  // @of-index
	return len(store.rows) // @of
}

// Fill fills a map of its own.
func Fill(name string, make_ bool) {
	var own map[string]int // @fill-declares
	if make_ {
		own = map[string]int{}
	}
	own[name] = 1 // @fill
}

// Open fills a map that it declares.
func Open(name string) {
	var own map[string]int // @open-declares
	own[name] = 1          // @open
}
