// Package loop_goroutines is of before Go 1.22: a loop has one variable for all its rounds. Beside
// tests that fail by that are some that declare it anew, and fail by something else.
package loop_goroutines

import (
	"sort"
	"strings"
	"sync"
)

type part struct{ name string }

func prices(parts []part, ask func(part) string) string {
	var mu sync.Mutex
	var found []string
	var group sync.WaitGroup
	for _, each := range parts { // @prices
		group.Add(1)
		go func() {
			defer group.Done()
			line := ask(each) // @asks
			mu.Lock()
			found = append(found, line)
			mu.Unlock()
		}()
	}
	group.Wait()
	sort.Strings(found)
	return strings.Join(found, " ")
}

func pricesAnew(parts []part, ask func(part) string) string {
	found := make([]string, len(parts))
	var group sync.WaitGroup
	for i, each := range parts {
		i, each := i, each
		group.Add(1)
		go func() {
			defer group.Done()
			found[i] = ask(each)
		}()
	}
	group.Wait()
	return strings.Join(found, " ")
}

func pricesHanded(parts []part, ask func(part) string) string {
	found := make([]string, len(parts))
	var group sync.WaitGroup
	for i, each := range parts {
		group.Add(1)
		go func(i int, one part) {
			defer group.Done()
			found[i] = ask(one)
		}(i, each)
	}
	group.Wait()
	return strings.Join(found, " ")
}

// pricesInTurn waits for each goroutine in its round.
func pricesInTurn(parts []part, ask func(part) string) string {
	var found []string
	done := make(chan string)
	for _, each := range parts {
		go func() { done <- ask(each) }()
		found = append(found, <-done)
	}
	return strings.Join(found, " ")
}

// squares sends the squares of the numbers below n.
func squares(n int) (sum int) {
	out := make(chan int, n)
	for i := 0; i < n; i++ { // @squares
		go func() { out <- i * i }() // @sends
	}
	for left := n; left > 0; left-- {
		sum += <-out
	}
	return sum
}
