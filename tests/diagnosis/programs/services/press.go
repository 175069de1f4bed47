package services

import (
	"fmt"
	"strings"
	"time"
)

func linesOf(text string) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for _, line := range strings.Split(text, "\n") {
			out <- line // @lines-send
		}
	}()
	return out
}

// set leaves its channel open where a line is bad.
func set(in <-chan string, errs chan<- error) <-chan string {
	out := make(chan string)
	go func() { // @set-go
		for line := range in {
			if strings.Contains(line, "\t") {
				errs <- fmt.Errorf("tab in %q", line)
				return // @set-return
			}
			out <- strings.ToUpper(line) // @set-send
		}
		close(out) // @set-close
	}()
	return out
}

func printed(text string) (pages []string, err error) {
	errs := make(chan error, 1)
	for line := range set(linesOf(text), errs) { // @press-range
		pages = append(pages, line)
	}
	return pages, nil
}

// typeset closes its channel on every way out, and takes a rest at each line.
func typeset(in <-chan string, errs chan<- error) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for line := range in {
			if strings.Contains(line, "\t") {
				errs <- fmt.Errorf("tab in %q", line)
				return
			}
			time.Sleep(time.Minute)
			out <- strings.ToUpper(line)
		}
	}()
	return out
}

func published(text string) (pages []string, err error) {
	errs := make(chan error, 1)
	for line := range typeset(linesOf(text), errs) {
		pages = append(pages, line)
	}
	return pages, nil
}
