package last_writers

import (
	"sync"
	"testing"
	"time"
)

func TestFindsOdd(t *testing.T) {
	if err := validate(7, odd, positive); err == nil {
		t.Fatal("7 was found even") // @validates-fails
	}
}

func TestAsksBoth(t *testing.T) {
	m := mirror{map[string]string{"near": "ok", "far": "late"}}
	if got := m.fastest(); got != "late" {
		t.Errorf("answer %q", got) // @asks-fails
	}
}

func TestStoresLast(t *testing.T) {
	var stored int
	var group sync.WaitGroup
	for _, v := range []int{1, 2} {
		v := v
		group.Add(1)
		go func() {
			defer group.Done()
			time.Sleep(time.Duration(3-v) * 3 * time.Millisecond)
			stored = v // @stores
		}()
	}
	group.Wait()
	if stored != 2 {
		t.Errorf("stored %d", stored) // @stores-fails
	}
}

// One rule sets it, and nobody else.
func TestFindsOneOdd(t *testing.T) {
	if err := validate(8, odd); err == nil {
		t.Fatal("8 was found even")
	}
}

func TestJoins(t *testing.T) {
	if err := joined(8, odd, positive); err == nil {
		t.Fatal("8 was found even")
	}
}

func TestKeeps(t *testing.T) {
	if err := kept(8, odd, positive); err == nil {
		t.Fatal("8 was found even")
	}
}
