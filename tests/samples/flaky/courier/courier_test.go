package courier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"
)

// wire is a Sender that takes a little while and refuses endpoints of the tenant "broken".
func wire(ctx context.Context, endpoint string, _ []byte) error {
	select {
	case <-time.After(5 * time.Millisecond):
	case <-ctx.Done():
		return ctx.Err()
	}
	if endpoint == NewDelivery("broken", 0).Endpoint {
		return errors.New("410 Gone")
	}
	return nil
}

func logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// feed sends n deliveries of a tenant and closes the channel.
func feed(tenant string, n int) <-chan *Delivery {
	deliveries := make(chan *Delivery)
	go func() {
		defer close(deliveries)
		for i := range n {
			deliveries <- NewDelivery(tenant, i)
		}
	}()
	return deliveries
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		attempt int
		want    time.Duration
	}{
		{1, 100 * time.Millisecond},
		{3, 400 * time.Millisecond},
		{7, 6400 * time.Millisecond},
		{50, 10 * time.Second},
	} {
		t.Run(fmt.Sprintf("attempt=%d", c.attempt), func(t *testing.T) {
			t.Parallel()
			if got := Backoff(c.attempt); got != c.want {
				t.Errorf("Backoff(%d) = %v, want %v", c.attempt, got, c.want)
			}
		})
	}
}

func TestDispatcherDelivers(t *testing.T) {
	t.Parallel()
	stats := NewStats()
	p := &Dispatcher{Workers: 4, Send: wire, Stats: stats, Log: logger()}
	if err := p.Run(context.Background(), feed("acme", 24)); err != nil {
		t.Fatal(err)
	}
	t.Logf("delivered %d", stats.Count("delivered"))
	if got := stats.Count("delivered"); got != 24 {
		t.Errorf("delivered %d, want 24", got)
	}
}

func TestDispatcherReportsRefusals(t *testing.T) {
	t.Parallel()
	stats := NewStats()
	p := &Dispatcher{Workers: 2, Send: wire, Stats: stats, Log: logger()}
	err := p.Run(context.Background(), feed("broken", 3))
	if err == nil || stats.Count("failed") != 3 {
		t.Errorf("Run = %v with %d failed, want an error and 3", err, stats.Count("failed"))
	}
}

// The next two tests count into DefaultStats, and each takes it for its own.

func TestStatsCountDeliveries(t *testing.T) {
	t.Parallel()
	DefaultStats.Reset()
	p := &Dispatcher{Workers: 3, Send: wire, Stats: DefaultStats, Log: logger()}
	if err := p.Run(context.Background(), feed("globex", 15)); err != nil {
		t.Fatal(err)
	}
	if got := DefaultStats.Count("delivered"); got != 15 {
		t.Errorf("delivered %d, want 15", got)
	}
}

func TestStatsStartAtZero(t *testing.T) {
	t.Parallel()
	fmt.Println("stats: waiting for the collector to scrape")
	time.Sleep(20 * time.Millisecond)
	DefaultStats.Reset()
	if got := DefaultStats.Count("delivered"); got != 0 {
		t.Errorf("delivered %d after Reset, want 0", got)
	}
}

// TestArchiveForgets proves that the archive lets go of what it forgets: the heap must shrink.
func TestArchiveForgets(t *testing.T) {
	t.Parallel()
	const depth = 1 << 20
	archive := NewArchive(depth)
	day := make([]*Delivery, 1000)
	for i := range day {
		day[i] = NewDelivery("acme", i)
	}
	tenants := []string{"acme", "globex", "initech", "umbrella"}
	for _, tenant := range tenants {
		for archive.Len(tenant) < depth {
			archive.Keep(tenant, day...)
		}
		t.Logf("kept %d deliveries of %s", archive.Len(tenant), tenant)
	}
	full := heapInUse()
	for _, tenant := range tenants {
		archive.Forget(tenant)
	}
	left := heapInUse()
	fmt.Printf("archive: heap went from %d MB to %d MB\n", full>>20, left>>20)
	if left > full/2 {
		t.Errorf("%d of %d bytes are still in use", left, full)
	}
	runtime.KeepAlive(archive)
}

// heapInUse returns the bytes that survive a collection.
func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestRenderStaysWithinBudget(t *testing.T) {
	t.Parallel()
	const (
		batch  = 10
		budget = 5 * time.Millisecond
	)
	for n := range 1000 { // fills the encoder's caches
		if _, err := Render(NewDelivery("acme", n)); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	for n := 0; time.Since(began) < 500*time.Millisecond; n += batch {
		start := time.Now()
		for i := range batch {
			if _, err := Render(NewDelivery("acme", n+i)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took > budget {
			t.Fatalf("rendering %d deliveries took %v, the budget is %v", batch, took, budget)
		}
	}
}

func TestLedgerTransfersBothWays(t *testing.T) {
	t.Parallel()
	acme, globex := NewAccount("acme", 20_000), NewAccount("globex", 20_000)
	var clerks sync.WaitGroup
	move := func(from, to *Account) {
		defer clerks.Done()
		for range 20_000 {
			if err := Transfer(from, to, 1); err != nil {
				t.Log(err)
			}
		}
	}
	clerks.Add(2)
	go move(acme, globex)
	go move(globex, acme)
	clerks.Wait()
	if got := acme.Credits() + globex.Credits(); got != 40_000 {
		t.Errorf("%d credits in all, want 40_000", got)
	}
}

func TestQueueDeliversInOrder(t *testing.T) {
	t.Parallel()
	log := logger()
	var batch []*Delivery
	q := NewQueue(func() {
		if len(batch) > 0 {
			log.Info("flush", "deliveries", len(batch), "last", batch[len(batch)-1].ID)
			time.Sleep(time.Millisecond) // the batch goes over the wire
			batch = nil
		}
	})
	popped := make(chan *Delivery)
	go func() {
		defer close(popped)
		for {
			d, ok := q.Pop()
			if !ok {
				return
			}
			batch = append(batch, d)
			popped <- d
		}
	}()
	for i := range 24 {
		time.Sleep(rand.N(4 * time.Millisecond))
		want := NewDelivery("initech", i)
		q.Push(want)
		if got := <-popped; got != want {
			t.Fatalf("popped %s, want %s", got.ID, want.ID)
		}
	}
	q.Close()
}
