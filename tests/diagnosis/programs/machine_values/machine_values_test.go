package machine_values

import (
	"runtime"
	"testing"
)

func TestPoolHasWorkers(t *testing.T) {
	p := newPool()
	if len(p.workers) != 1000 {
		t.Errorf("%d workers, want 1000", len(p.workers)) // @workers-fails
	}
}

func TestShardOfKey(t *testing.T) {
	s := newShards()
	if got := s.of("order/42"); got != 1000 {
		t.Fatalf("order/42 is in shard %d", got) // @shards-fails
	}
}

func TestBatch(t *testing.T) {
	const want = 1001
	if got := batch(1000); got != want {
		t.Fatalf("batches of %d rows", got) // @batch-fails
	}
}

// What is in all shards is as much on any machine.
func TestShardsHold(t *testing.T) {
	s := newShards()
	s.put("a")
	if n := s.count(); n != 2 {
		t.Errorf("%d keys, want 2", n)
	}
}

// It says how many there are.
func TestPoolOfThree(t *testing.T) {
	if p := poolOf(3); len(p.workers) != 4 {
		t.Errorf("%d workers, want 4", len(p.workers))
	}
}

// It wants as many as there are, and one.
func TestPoolFitsMachine(t *testing.T) {
	if n := len(newPool().workers); n != runtime.NumCPU()+1 {
		t.Errorf("%d workers", n)
	}
}

func TestDefaultSize(t *testing.T) {
	if n := newServer(config{}).size(); n != 999 {
		t.Errorf("%d workers", n) // @default-fails
	}
}

// It says how many there are, where others have a default.
func TestGivenSize(t *testing.T) {
	if n := newServer(config{workers: 3}).size(); n != 4 {
		t.Errorf("%d workers", n)
	}
}
