// Package goroutine_order fills lists by goroutines: as they come, or each at its own place.
package goroutine_order

import (
	"sort"
	"sync"
	"time"
)

// The last of several goroutines is the first to be done.
func work(at, of int) { time.Sleep(time.Duration(of-at) * 2 * time.Millisecond) }

func Appends(names []string) []string {
	var mu sync.Mutex
	var all []string
	var group sync.WaitGroup
	for i, name := range names {
		group.Add(1)
		go func() {
			defer group.Done()
			work(i, len(names))
			mu.Lock()
			all = append(all, name) // @appends
			mu.Unlock()
		}()
	}
	group.Wait()
	return all
}

func Receives(names []string) []string {
	out := make(chan string)
	for i, name := range names {
		go func() {
			work(i, len(names))
			out <- name
		}()
	}
	var all []string
	for range names {
		all = append(all, <-out) // @receives
	}
	return all
}

type task struct {
	at   int
	name string
}

func worker(of int, tasks <-chan task, results chan<- string) {
	for each := range tasks {
		work(each.at, of)
		results <- each.name
	}
}

func Pools(names []string) []string {
	tasks, results := make(chan task, len(names)), make(chan string)
	for range names {
		go worker(len(names), tasks, results)
	}
	for i, name := range names {
		tasks <- task{i, name}
	}
	close(tasks)
	var all []string
	for range names {
		result := <-results
		all = append(all, result) // @pools
	}
	return all
}

func Sorts(names []string) []string {
	all := Appends(names)
	sort.Strings(all)
	return all
}

func Places(names []string) []string {
	all := make([]string, len(names))
	var group sync.WaitGroup
	for i := range names {
		group.Add(1)
		go func() {
			defer group.Done()
			work(i, len(names))
			all[len(names)-1-i] = names[i]
		}()
	}
	group.Wait()
	return all
}
