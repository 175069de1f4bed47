// Package wordless counts what it serves.
package wordless

import "time"

var served int

// Serve serves once more.
func Serve() int {
	served++ // @serve-changes
	return served
}

// Rest rests for a while.
func Rest() { time.Sleep(30 * time.Millisecond) }

// Half returns half of a number.
func Half(n int) int { return n / 2 }
