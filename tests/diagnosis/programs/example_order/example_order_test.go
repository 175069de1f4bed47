// Package example_order holds examples whose lines come in no order, and beside them one that
// prints other lines than are wanted.
package example_order

import (
	"fmt"
	"sort"
	"sync"
	"time"
)

var set = map[string]bool{
	"a": true, "b": true, "c": true, "d": true, "e": true, "f": true, "g": true, "h": true, "i": true, "j": true,
	"k": true, "l": true, "m": true, "n": true, "o": true, "p": true, "q": true, "r": true, "s": true, "t": true,
}

func names(set map[string]bool) []string {
	var found []string
	for name := range set { // @ranges
		found = append(found, name)
	}
	return found
}

func Example_names() {
	for _, name := range names(set) {
		fmt.Println(name)
	}
	// Output:
	// a
	// b
	// c
	// d
	// e
	// f
	// g
	// h
	// i
	// j
	// k
	// l
	// m
	// n
	// o
	// p
	// q
	// r
	// s
	// t
}

func Example_workers() {
	var group sync.WaitGroup
	for i := range 3 {
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Duration(3-i) * 5 * time.Millisecond)
			fmt.Println("worker", i) // @prints
		}()
	}
	group.Wait()
	// Output:
	// worker 0
	// worker 1
	// worker 2
}

// It is sorted, and wanted in another order.
func Example_sorted() {
	found := names(set)
	sort.Strings(found)
	fmt.Println(found[0])
	fmt.Println(found[1])
	// Output:
	// b
	// a
}

func Example_others() {
	for name := range set {
		fmt.Println(name)
	}
	// Output:
	// one
}
