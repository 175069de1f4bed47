// Package shared_logs writes logs that several goroutines share.
package shared_logs

import (
	"fmt"
	"io"
	"log"
	"sync"
	"time"
)

// Handle handles all items at once and logs each.
func Handle(to *log.Logger, items []string) {
	var wg sync.WaitGroup
	for at, item := range items {
		wg.Add(1)
		go func(at int, item string) {
			defer wg.Done()
			time.Sleep(time.Duration(len(items)-at) * 10 * time.Millisecond)
			to.Printf("handled %s", item) // @handle-logs
		}(at, item)
	}
	wg.Wait()
}

// Stages logs what it makes, and what it takes.
func Stages(to io.Writer, count int) {
	made := make(chan int, count)
	go func() {
		for at := 0; at < count; at++ {
			fmt.Fprintf(to, "made %d ", at) // @stages-prints
			made <- at
		}
		close(made)
	}()
	time.Sleep(10 * time.Millisecond)
	for at := range made {
		fmt.Fprintf(to, "took %d ", at)
	}
}

// Each writes a line for each item, in goroutines.
func Each(to *Lines, items ...string) {
	done := make(chan bool)
	for at, item := range items {
		go func(at int, item string) {
			time.Sleep(time.Duration(len(items)-at) * 10 * time.Millisecond)
			to.WriteString("item=" + item) // @each-writes
			done <- true
		}(at, item)
	}
	for range items {
		<-done
	}
}

// Lines collects lines.
type Lines struct {
	lock sync.Mutex
	all  []string
}

// WriteString adds a line.
func (l *Lines) WriteString(line string) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.all = append(l.all, line)
}

// InTurn handles one item after the other.
func InTurn(to *log.Logger, items []string) {
	for _, item := range items {
		to.Printf("handled %s", item)
	}
}

// OneByOne handles an item in a goroutine, and waits for it before the next one.
func OneByOne(to *log.Logger, items []string) {
	for _, item := range items {
		done := make(chan bool)
		go func(item string) {
			to.Printf("handled %s", item)
			close(done)
		}(item)
		<-done
	}
}

// Load adds lines, each in a goroutine of its own.
func Load(to *Lines, items []string) {
	var wg sync.WaitGroup
	for at, item := range items {
		wg.Add(1)
		go func(at int, item string) { // @load-starts
			defer wg.Done()
			time.Sleep(time.Duration(len(items)-at) * 30 * time.Millisecond)
			to.add(item)
		}(at, item)
	}
	wg.Wait()
}

func (l *Lines) add(item string) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.all = append(l.all, item) // @load-appends
}
