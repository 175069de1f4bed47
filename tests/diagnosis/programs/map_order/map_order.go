// Package map_order lists what maps hold, in order and without.
package map_order

import (
	"fmt"
	"sort"
	"strings"
)

// Set holds names.
type Set map[string]bool

// Stock counts goods.
type Stock struct{ goods map[string]int }

// Names returns the goods as the map gives them.
func (s *Stock) Names() []string {
	var names []string
	for name := range s.goods { // @names-ranges
		names = append(names, name)
	}
	return names
}

// SortedNames returns the goods by name.
func (s *Stock) SortedNames() []string {
	var names []string
	for name := range s.goods {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Line returns the goods as one line.
func Line(goods map[string]int) string {
	var out strings.Builder
	for name, count := range goods { // @line-ranges
		fmt.Fprintf(&out, "%s=%d ", name, count)
	}
	return strings.TrimSpace(out.String())
}

// Total adds the goods up, which has no order.
func (s *Stock) Total() int {
	total := 0
	for _, count := range s.goods {
		total += count
	}
	return total
}

// Reversed returns names from last to first.
func Reversed(names []string) []string {
	var found []string
	for at := range names {
		found = append(found, names[len(names)-1-at])
	}
	return found
}
