package ctx

import (
	"context"
	"testing"
	"time"
)

func worker(ctx context.Context, in chan int, done chan struct{}) {
	defer close(done)
	for v := range in {
		_ = v
	}
}

func TestWorkerStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	in, done := make(chan int), make(chan struct{})
	go worker(ctx, in, done)
	in <- 1
	time.Sleep(5 * time.Millisecond)
	cancel()
	<-done
}
