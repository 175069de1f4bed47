// Who holds which lock: a table beside the locks, because programs compute padding from the sizes of
// the types in package sync. Each entry belongs to one address from the first Lock there. Only who
// holds the lock writes to its entry, so that neither Lock nor Unlock needs an atomic instruction
// more. Nothing here can be preempted, allocates, or calls what may wait.

package runtime

const (
	flaketuiLocks  = 1 << 16 // entries of 64 bytes; pages that nobody touches take no memory
	flaketuiWindow = 16      // entries that an address may stand in
	flaketuiFrames = 5       // of the stack that locked, innermost first
)

type flaketuiHolder struct {
	object uintptr // address of the lock; 0 for an entry that is free
	goid   uint64  // 0 where nobody holds it
	since  int64
	pcs    [flaketuiFrames]uintptr
}

var (
	flaketuiHolders [flaketuiLocks]flaketuiHolder
	flaketuiReaders [flaketuiLocks]flaketuiHolder // one for each lock and goroutine
	flaketuiNoRoom  atomic.Uint32                 // times that a window was full
)

// flaketuiLocked is called by who has just locked a mutex.
//
//go:nosplit
//go:linkname flaketuiLocked
func flaketuiLocked(lock unsafe.Pointer) {
	gp := getg()
	if object := uintptr(lock); object-gp.stack.lo >= gp.stack.hi-gp.stack.lo {
		if holder := flaketuiClaim(&flaketuiHolders, object, object); holder != nil {
			flaketuiNote(holder, gp, getfp())
		}
	}
}

// flaketuiUnlocked is called by who is about to unlock a mutex.
//
//go:nosplit
//go:linkname flaketuiUnlocked
func flaketuiUnlocked(lock unsafe.Pointer) {
	object := uintptr(lock)
	for i, at := uintptr(0), flaketuiPlace(object); i < flaketuiWindow; i++ {
		holder := &flaketuiHolders[(at+i)%flaketuiLocks]
		if atomic.Loaduintptr(&holder.object) == object {
			holder.goid = 0
			return
		}
	}
}

//go:nosplit
func flaketuiNote(holder *flaketuiHolder, gp *g, fp uintptr) {
	n := 0
	low, high := gp.stack.lo, gp.stack.hi-2*goarch.PtrSize
	if fp >= low && fp < high {
		// The first is the frame of the lock's own method.
		fp = *(*uintptr)(unsafe.Pointer(fp))
		for n < flaketuiFrames && fp >= low && fp < high {
			holder.pcs[n] = *(*uintptr)(unsafe.Pointer(fp + goarch.PtrSize))
			n++
			fp = *(*uintptr)(unsafe.Pointer(fp))
		}
	}
	if n < flaketuiFrames {
		holder.pcs[n] = 0
	}
	holder.since = nanotime()
	holder.goid = gp.goid
}

// flaketuiPlace returns where the window of an address begins.
//
//go:nosplit
func flaketuiPlace(object uintptr) uintptr {
	return uintptr(uint64(object>>2) * 0x9e3779b97f4a7c15 >> 48)
}

// flaketuiClaim returns the entry of a lock, which may be a new one, or nil where there is no room.
//
//go:nosplit
func flaketuiClaim(table *[flaketuiLocks]flaketuiHolder, object, place uintptr) *flaketuiHolder {
	at := flaketuiPlace(place)
	for i := uintptr(0); i < flaketuiWindow; i++ {
		holder := &table[(at+i)%flaketuiLocks]
		if atomic.Loaduintptr(&holder.object) == object {
			return holder
		}
	}
	for i := uintptr(0); i < flaketuiWindow; i++ {
		holder := &table[(at+i)%flaketuiLocks]
		if atomic.Loaduintptr(&holder.object) == 0 && atomic.Casuintptr(&holder.object, 0, object) {
			return holder
		}
	}
	flaketuiNoRoom.Add(1)
	return nil
}
