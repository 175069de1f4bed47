package courier

import (
	"fmt"
	"runtime"
	"testing"
)

// What is forgotten must not stay on the heap.
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
