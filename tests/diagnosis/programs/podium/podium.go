// Package podium ranks what it has by one number, which several may have.
package podium

import (
	"cmp"
	"slices"
	"sort"
)

// Row is a line of a table.
type Row struct {
	Name  string
	Score int
}

// Board has a score for each name.
type Board struct{ scores map[string]int }

// Add adds to a score.
func (b *Board) Add(name string, score int) {
	if b.scores == nil {
		b.scores = map[string]int{}
	}
	b.scores[name] += score
}

// Top returns the rows, the best first.
func (b *Board) Top() []Row {
	var rows []Row
	for name, score := range b.scores { // @top-ranges
		rows = append(rows, Row{name, score})
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i].Score > rows[j].Score }) // @top-sorts
	return rows
}

// Cheapest returns what is on offer, the cheapest first.
func Cheapest(offers []Row) []Row {
	byName := map[string]Row{}
	for _, each := range offers {
		byName[each.Name] = each
	}
	var rows []Row
	for _, each := range byName { // @cheapest-ranges
		rows = append(rows, each)
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Score, b.Score) }) // @cheapest-sorts
	return rows
}

// Names returns the names, those with the best score first, and by the alphabet behind that.
func (b *Board) Names() []Row {
	rows := b.Top()
	sort.SliceStable(rows, func(i, j int) bool {
		return cmp.Or(cmp.Compare(rows[j].Score, rows[i].Score), cmp.Compare(rows[i].Name, rows[j].Name)) < 0
	})
	return rows
}
