package peer_gone

import (
	"context"
	"sync"
	"testing"
	"time"
)

// call never answers where it fails.
type call struct {
	reply chan int
}

func (c *call) serve(n int) {
	if n < 0 {
		return // @call-return
	}
	c.reply <- n // @call-send
}

func (c *call) wait() int {
	return <-c.reply // @call-receive
}

func TestNoReplyOnError(t *testing.T) {
	t.Parallel()
	c := &call{reply: make(chan int)}
	go c.serve(-1) // @call-go
	c.wait()
}

// query answers late.
type query struct {
	reply chan int
}

func (q *query) serve(n int) {
	if n < 0 {
		time.Sleep(time.Minute)
	}
	q.reply <- n
}

func (q *query) wait() int {
	return <-q.reply
}

func TestLateReply(t *testing.T) {
	t.Parallel()
	q := &query{reply: make(chan int)}
	go q.serve(-1)
	q.wait()
}

// await waits for either of two channels, and both their senders have ended.
func await(done <-chan struct{}, failed <-chan error) error {
	select { // @await-select
	case <-done:
		return nil
	case err := <-failed:
		return err
	}
}

func attempt(done chan<- struct{}, failed chan<- error, n int) {
	if n > 0 {
		close(done) // @attempt-close
	} else if n < 0 {
		failed <- errBad // @attempt-send
	}
}

func TestSelectWithoutSenders(t *testing.T) {
	t.Parallel()
	done, failed := make(chan struct{}), make(chan error)
	go attempt(done, failed, 0) // @attempt-go
	_ = await(done, failed)
}

// watch waits for either of two channels, too, and one has a sender that is slow.
func watch(done <-chan struct{}, failed <-chan error) error {
	select {
	case <-done:
		return nil
	case err := <-failed:
		return err
	}
}

func try(done chan<- struct{}, failed chan<- error, n int) {
	if n > 0 {
		close(done)
		return
	}
	time.Sleep(time.Minute)
	failed <- errBad
}

func TestSelectWithASlowSender(t *testing.T) {
	t.Parallel()
	done, failed := make(chan struct{}), make(chan error)
	go try(done, failed, 0)
	_ = watch(done, failed)
}

// follow would end by its context too, which has a deadline.
func follow(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func TestSelectWithADeadline(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	follow(ctx, make(chan struct{}))
}

// fetchAll is a pipeline whose last stage waits for a first stage that returned at an error.
func fetchAll(names []string) []string {
	out := make(chan string)
	go func() { // @fetch-go
		for _, name := range names {
			if name == "" {
				return // @fetch-return
			}
			out <- name // @fetch-send
		}
		close(out) // @fetch-close
	}()
	var found []string
	for range names {
		found = append(found, <-out) // @fetch-receive
	}
	return found
}

func TestPipelineReturnsEarly(t *testing.T) {
	t.Parallel()
	fetchAll([]string{"a", "", "b"})
}

// loadAll has a first stage that waits for a peer of another name.
func loadAll(names []string, allowed <-chan struct{}) []string {
	out := make(chan string)
	go func() {
		for _, name := range names {
			<-allowed
			out <- name
		}
		close(out)
	}()
	var found []string
	for range names {
		found = append(found, <-out)
	}
	return found
}

func TestPipelineThatMayGoOn(t *testing.T) {
	t.Parallel()
	allowed := make(chan struct{})
	time.AfterFunc(time.Minute, func() { close(allowed) })
	loadAll([]string{"a", "b"}, allowed)
}

// bus hands its channel to listeners, and is never closed.
type bus struct {
	events chan int
}

func (b *bus) publish(count int) {
	for n := range count {
		b.events <- n // @bus-send
	}
}

func (b *bus) listen(heard *sync.WaitGroup) {
	defer heard.Done()
	for range b.events { // @bus-range
		time.Sleep(time.Millisecond)
	}
}

func TestNobodyCloses(t *testing.T) {
	t.Parallel()
	b := &bus{events: make(chan int)}
	var heard sync.WaitGroup
	heard.Add(1)
	go b.listen(&heard)
	b.publish(3)
	heard.Wait() // @heard-wait
}

// wire is closed by its publisher, after a pause.
type wire struct {
	events chan int
}

func (w *wire) publish(count int) {
	for n := range count {
		w.events <- n
	}
	time.Sleep(time.Minute)
	close(w.events)
}

func (w *wire) listen() {
	for range w.events {
		time.Sleep(time.Millisecond)
	}
}

func TestClosesLate(t *testing.T) {
	t.Parallel()
	w := &wire{events: make(chan int)}
	go w.publish(3)
	w.listen()
}

// results is local to a function, whose workers send and never close.
func sum(parts [][]int) int {
	results := make(chan int, len(parts))
	for _, part := range parts {
		go func() { // @sum-go
			total := 0
			for _, n := range part {
				total += n
			}
			results <- total // @sum-send
		}()
	}
	total := 0
	for part := range results { // @sum-range
		total += part
	}
	return total
}

func TestRangeOverResults(t *testing.T) {
	t.Parallel()
	sum([][]int{{1, 2}, {3}})
}

// total is closed once all workers are done, one of which is slow.
func total(parts [][]int) int {
	results := make(chan int, len(parts))
	var working sync.WaitGroup
	for _, part := range parts {
		working.Add(1)
		go func() {
			defer working.Done()
			if len(part) == 1 {
				time.Sleep(time.Minute)
			}
			results <- len(part)
		}()
	}
	go func() {
		working.Wait()
		close(results)
	}()
	total := 0
	for part := range results {
		total += part
	}
	return total
}

func TestClosedWhenAllAreDone(t *testing.T) {
	t.Parallel()
	total([][]int{{1, 2}, {3}})
}

// tail reads from a channel of a type of two names, and its writer forgot to close.
type tail struct {
	lines chan string
}

func (t *tail) write(lines ...string) {
	for _, line := range lines {
		if line == "" {
			return // @tail-return
		}
		t.lines <- line // @tail-send
	}
	close(t.lines) // @tail-close
}

func TestCloseWasSkipped(t *testing.T) {
	t.Parallel()
	tail := &tail{lines: make(chan string, 4)}
	tail.write("a", "", "b")
	for line := range tail.lines { // @tail-range
		_ = line
	}
}
