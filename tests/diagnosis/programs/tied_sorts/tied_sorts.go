// Package tied_sorts sorts by one part of what it has, or by all of it.
package tied_sorts

import (
	"cmp"
	"slices"
	"sort"
	"sync"
)

// Player has a score.
type Player struct {
	Name  string
	Score int
}

// Board knows players by number.
type Board struct{ players map[int]Player }

// Ranking returns the players, the best first.
func (b *Board) Ranking() []Player {
	var all []Player
	for _, player := range b.players { // @ranking-ranges
		all = append(all, player)
	}
	slices.SortFunc(all, func(one, other Player) int { return cmp.Compare(other.Score, one.Score) }) // @ranking-sorts
	return all
}

// Lowest returns the players, the worst first.
func (b *Board) Lowest() []Player {
	all := b.list()
	sort.Slice(all, func(i, j int) bool { return all[i].Score < all[j].Score }) // @lowest-sorts
	return all
}

func (b *Board) list() (all []Player) {
	for _, player := range b.players { // @lowest-ranges
		all = append(all, player)
	}
	return all
}

// Gathered asks players for themselves, all at once.
func Gathered(asked []func() Player) []Player {
	var lock sync.Mutex
	var wg sync.WaitGroup
	var all []Player
	for _, ask := range asked {
		ask := ask
		wg.Add(1)
		go func() {
			defer wg.Done()
			player := ask()
			lock.Lock()
			all = append(all, player) // @gathered-appends
			lock.Unlock()
		}()
	}
	wg.Wait()
	sort.SliceStable(all, func(i, j int) bool { return all[i].Score > all[j].Score }) // @gathered-sorts
	return all
}

// ByCount returns words, the most frequent first.
func ByCount(counts map[string]int) []string {
	var words []string
	for word := range counts {
		words = append(words, word)
	}
	sort.Slice(words, func(i, j int) bool { return counts[words[i]] > counts[words[j]] })
	return words
}

// Exact returns the players by score, and by name where that is the same.
func (b *Board) Exact() []Player {
	all := b.list()
	sort.Slice(all, func(i, j int) bool {
		if all[i].Score != all[j].Score {
			return all[i].Score > all[j].Score
		}
		return all[i].Name < all[j].Name
	})
	return all
}
