// Package iterators takes what maps hold by iterators.
package iterators

import (
	"iter"
	"maps"
	"slices"
	"sync"
)

// Set counts names.
type Set map[string]int

// All yields what is in it.
func (s Set) All() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for name, count := range s {
			if !yield(name, count) {
				return
			}
		}
	}
}

// Keys returns the names as the map gives them.
func (s Set) Keys() []string {
	return slices.Collect(maps.Keys(s)) // @keys-collects
}

// Names returns them, too.
func (s Set) Names() []string {
	var names []string
	for name := range s.All() { // @names-ranges
		names = append(names, name)
	}
	return names
}

// Counts returns the counts.
func (s Set) Counts() []int {
	var counts []int
	for count := range maps.Values(s) { // @counts-ranges
		counts = append(counts, count)
	}
	return counts
}

// Registry holds names that goroutines add.
type Registry struct{ names sync.Map }

// Names returns the names.
func (r *Registry) Names() []string {
	var names []string
	r.names.Range(func(name, _ any) bool { // @registry-ranges
		names = append(names, name.(string))
		return true
	})
	return names
}

// Sorted returns the names in their order.
func (s Set) Sorted() []string { return slices.Sorted(maps.Keys(s)) }

// Line yields its parts in their order.
func Line(parts ...string) []string { return slices.Collect(slices.Values(parts)) }

// Zipped multiplies what two iterators yield, and stops one of them.
func Zipped(one, other iter.Seq[int]) (found []int) {
	next, stop := iter.Pull(one)
	defer stop()
	with, leave := iter.Pull(other) // @pulls
	_ = leave
	for {
		a, ok := next()
		b, also := with()
		if !ok || !also {
			return found
		}
		found = append(found, a*b)
	}
}

// Few returns the first numbers that an iterator yields.
func Few(all iter.Seq[int], count int) (found []int) {
	next, stop := iter.Pull(all)
	defer stop()
	for range count {
		if each, ok := next(); ok {
			found = append(found, each)
		}
	}
	return found
}

// Any returns a name.
func (s Set) Any() string {
	for name := range s { // @any-ranges
		return name
	}
	return ""
}

// First returns the name that comes first.
func (s Set) First() string {
	next, stop := iter.Pull2(s.All()) // @first-pulls
	defer stop()
	name, _, _ := next()
	return name
}

// Count returns a count of a set.
func Count(s Set) int {
	found := 0
	for _, count := range s { // @count-ranges
		found = count
		break
	}
	return found
}

// With returns a name with a count.
func (s Set) With(wanted int) string {
	for name, count := range s {
		if count == wanted {
			return name
		}
	}
	return ""
}
