// Package chatter has a goroutine that prints one line over and over, past the end of its test.
package chatter

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestStartsChatter(t *testing.T) {
	go func() {
		for {
			fmt.Println("no such file")
			time.Sleep(200 * time.Microsecond)
		}
	}()
	time.Sleep(time.Millisecond)
}

func TestHangs(t *testing.T) {
	var mu sync.Mutex
	mu.Lock()
	mu.Lock()
}
