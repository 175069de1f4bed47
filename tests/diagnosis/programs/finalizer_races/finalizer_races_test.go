package finalizerraces

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

func collect() {
	for range [3]int{} {
		runtime.GC()
		time.Sleep(30 * time.Millisecond)
	}
}

func TestClosesHandles(t *testing.T) {
	Open()
	collect()
	if closed > 1 { // @reads-closed
		t.Error("closed twice")
	}
}

func TestFlushesLog(t *testing.T) {
	var log bytes.Buffer
	Logged(&log).WriteString("opened")
	collect()
	if Printed(&log) == 0 {
		t.Log("not flushed")
	}
}

func TestKeepsHandle(t *testing.T) {
	h := Open()
	collect()
	h.room[0] = 1
}
