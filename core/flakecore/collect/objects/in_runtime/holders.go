// Who locked what last, and who used it last: tables beside the objects, because programs compute
// padding from the sizes of the types in package sync. Unlock notes nothing: who holds a mutex that
// is locked is who locked it last, and an address that the collector frees is forgotten before
// another object can have it. Nothing here can be preempted, allocates, or calls what may wait.

package runtime

const (
	flaketuiEntries = 1 << 15 // of 64 bytes; pages that nobody touches take no memory
	flaketuiWindow  = 4       // entries that an object may stand in
	flaketuiRing    = 1 << 12 // entries for contexts, of which a program may make any number
	flaketuiCallers = 4       // of the stack that used it, innermost first
	flaketuiBusy    = ^uint64(0)
)

// What a use is, in the lowest bits of the key of its entry: the objects are aligned.
const (
	flaketuiAdd = iota
	flaketuiDone
	flaketuiSignal
	flaketuiBroadcast
	flaketuiMade
	flaketuiCancel
	flaketuiDoneChannel // extra is its address
	flaketuiDeadline    // extra is how long until it, in nanoseconds
)

type flaketuiEntry struct {
	key   uintptr // address of the object; 0 for an entry that is free
	goid  uint64  // who used it last; 0 for nobody
	at    int64
	extra uintptr
	pcs   [flaketuiCallers]uintptr
}

type flaketuiTable struct {
	entries [flaketuiEntries]flaketuiEntry
	claimed [flaketuiEntries]uint32 // the entries that are not free
	count   atomic.Uint32
	noRoom  atomic.Uint32 // times that a window was full
}

var (
	flaketuiHolders flaketuiTable // by mutex
	flaketuiReaders flaketuiTable // by RWMutex and goroutine; extra is how many locks of it
	flaketuiUsed    flaketuiTable // by wait group or cond, and kind of use
	// By context and kind of use; of those that would have the same entry the latest one has it.
	flaketuiContexts [flaketuiRing]flaketuiEntry
	flaketuiClock    int64 // nanotime, at most as old as sysmon's longest sleep
	flaketuiEnds     [1 << 14]flaketuiEnd
)

// flaketuiEnd is when a goroutine ended, and where the function begins that it ran.
type flaketuiEnd struct {
	goid uint64
	at   int64
	pc   uintptr
}

// flaketuiLocked is called by who has just locked a mutex.
//
//go:nosplit
//go:linkname flaketuiLocked
func flaketuiLocked(lock unsafe.Pointer) {
	gp := getg()
	key := uintptr(lock)
	if key-gp.stack.lo < gp.stack.hi-gp.stack.lo {
		return
	}
	at := flaketuiPlace(key)
	entry := &flaketuiHolders.entries[at]
	if atomic.Loaduintptr(&entry.key) != key {
		if entry = flaketuiClaim(&flaketuiHolders, key, at); entry == nil {
			return
		}
	}
	flaketuiFromTwo(entry, gp, flaketuiFrame(flaketuiCallerSP()))
	entry.at = flaketuiClock
	entry.goid = gp.goid
}

// flaketuiRLocked is called by who has just locked an RWMutex for reading.
//
//go:nosplit
//go:linkname flaketuiRLocked
func flaketuiRLocked(lock unsafe.Pointer) {
	gp := getg()
	key := uintptr(lock)
	if key-gp.stack.lo < gp.stack.hi-gp.stack.lo {
		return
	}
	at := flaketuiPlace(key ^ uintptr(gp.goid)<<4)
	if entry := flaketuiReading(at, key, gp.goid); entry != nil {
		entry.extra++
		return
	}
	for i := uintptr(0); i < flaketuiWindow; i++ {
		entry := &flaketuiReaders.entries[(at+i)%flaketuiEntries]
		if atomic.Loaduintptr(&entry.key) == 0 && atomic.Casuintptr(&entry.key, 0, key) {
			flaketuiFromTwo(entry, gp, flaketuiFrame(flaketuiCallerSP()))
			entry.at = flaketuiClock
			entry.extra = 1
			entry.goid = gp.goid
			return
		}
	}
	flaketuiReaders.noRoom.Add(1)
}

// flaketuiRUnlocked is called by who is about to unlock an RWMutex that is locked for reading.
//
//go:nosplit
//go:linkname flaketuiRUnlocked
func flaketuiRUnlocked(lock unsafe.Pointer) {
	gp := getg()
	key := uintptr(lock)
	if entry := flaketuiReading(flaketuiPlace(key^uintptr(gp.goid)<<4), key, gp.goid); entry != nil {
		if entry.extra--; entry.extra == 0 {
			entry.goid = 0
			flaketuiReleaseKey(&entry.key)
		}
	}
}

// flaketuiReading returns the entry of a goroutine that has locked an RWMutex for reading.
//
//go:nosplit
func flaketuiReading(at, key uintptr, goid uint64) *flaketuiEntry {
	for i := uintptr(0); i < flaketuiWindow; i++ {
		entry := &flaketuiReaders.entries[(at+i)%flaketuiEntries]
		if atomic.Loaduintptr(&entry.key) == key && atomic.Load64(&entry.goid) == goid {
			return entry
		}
	}
	return nil
}

// flaketuiUse is called by who uses a wait group or a cond in some way.
//
//go:nosplit
//go:linkname flaketuiUse
func flaketuiUse(object unsafe.Pointer, use int, extra uintptr) {
	gp := getg()
	key := uintptr(object)
	if key-gp.stack.lo < gp.stack.hi-gp.stack.lo {
		return
	}
	if entry := flaketuiClaim(&flaketuiUsed, key+uintptr(use), flaketuiPlace(key)); entry != nil {
		flaketuiOverwrite(entry, key+uintptr(use), extra, gp, flaketuiFrame(flaketuiCallerSP()))
	}
}

// flaketuiUseContext is called by who makes a context, asks for its channel, or cancels it.
//
//go:nosplit
//go:linkname flaketuiUseContext
func flaketuiUseContext(context unsafe.Pointer, use int, extra uintptr) {
	key := uintptr(context) + uintptr(use)
	entry := &flaketuiContexts[(flaketuiPlace(uintptr(context))+uintptr(use))%flaketuiRing]
	if use == flaketuiCancel && atomic.Loaduintptr(&entry.key) == key {
		return // only the first time counts
	}
	flaketuiOverwrite(entry, key, extra, getg(), flaketuiFrame(flaketuiCallerSP()))
}

//go:nosplit
func flaketuiOverwrite(entry *flaketuiEntry, key, extra uintptr, gp *g, fp uintptr) {
	for {
		before := atomic.Load64(&entry.goid)
		if before != flaketuiBusy && atomic.Cas64(&entry.goid, before, flaketuiBusy) {
			entry.key = key
			flaketuiFrom(entry, gp, fp)
			entry.at = flaketuiClock
			entry.extra = extra
			flaketuiRelease(&entry.goid, gp.goid)
			return
		}
	}
}

// flaketuiRelease stores a goroutine after all that was stored before. On amd64 every store is one such,
// and an atomic one takes five nanoseconds.
//
//go:nosplit
func flaketuiRelease(at *uint64, goid uint64) {
	if goarch.IsAmd64 != 0 {
		*at = goid
	} else {
		atomic.Store64(at, goid)
	}
}

// flaketuiReleaseKey lets go of an entry, after all that was stored before.
//
//go:nosplit
func flaketuiReleaseKey(at *uintptr) {
	if goarch.IsAmd64 != 0 {
		*at = 0
	} else {
		atomic.Storeuintptr(at, 0)
	}
}

// flaketuiFrame returns the frame pointer of a function by its caller's stack pointer. The function
// must have a frame: it calls another one that is not inlined.
//
//go:nosplit
func flaketuiFrame(sp uintptr) uintptr {
	if goarch.IsAmd64 != 0 {
		return sp - 2*goarch.PtrSize // below it lie the return address and the caller's
	}
	return getfp()
}

// flaketuiFromTwo does as flaketuiFrom does, but with no loop and no more than two callers.
//
//go:nosplit
func flaketuiFromTwo(entry *flaketuiEntry, gp *g, fp uintptr) {
	low, size := gp.stack.lo, gp.stack.hi-gp.stack.lo-2*goarch.PtrSize
	first, second := uintptr(0), uintptr(0)
	if fp = *(*uintptr)(unsafe.Pointer(fp)); fp-low < size {
		first = *(*uintptr)(unsafe.Pointer(fp + goarch.PtrSize))
		if fp = *(*uintptr)(unsafe.Pointer(fp)); fp-low < size {
			second = *(*uintptr)(unsafe.Pointer(fp + goarch.PtrSize))
		}
	}
	entry.pcs[0], entry.pcs[1] = first, second
}

// flaketuiFrom notes the callers of the function whose frame begins at fp, but for the innermost.
//
//go:nosplit
//go:noinline
func flaketuiFrom(entry *flaketuiEntry, gp *g, fp uintptr) {
	low, high := gp.stack.lo, gp.stack.hi-2*goarch.PtrSize
	n := 0
	if fp-low < high-low {
		fp = *(*uintptr)(unsafe.Pointer(fp))
		for n < flaketuiCallers && fp-low < high-low {
			entry.pcs[n] = *(*uintptr)(unsafe.Pointer(fp + goarch.PtrSize))
			n++
			fp = *(*uintptr)(unsafe.Pointer(fp))
		}
	}
	if n < flaketuiCallers {
		entry.pcs[n] = 0
	}
}

// flaketuiPlace returns where the window of an address begins.
//
//go:nosplit
func flaketuiPlace(address uintptr) uintptr {
	return uintptr(uint64(address>>2) * 0x9e3779b97f4a7c15 >> 49)
}

// flaketuiClaim returns the entry of a key, which may be a new one, or nil where there is no room.
//
//go:nosplit
//go:noinline
func flaketuiClaim(table *flaketuiTable, key, at uintptr) *flaketuiEntry {
	// Another key may take the free entry first: each round then finds one fewer.
	for round := 0; round < flaketuiWindow; round++ {
		free := uintptr(flaketuiEntries)
		for i := uintptr(0); i < flaketuiWindow; i++ {
			slot := (at + i) % flaketuiEntries
			if found := atomic.Loaduintptr(&table.entries[slot].key); found == key {
				return &table.entries[slot]
			} else if found == 0 && free == flaketuiEntries {
				free = slot
			}
		}
		if free == flaketuiEntries {
			break
		}
		// Two who use an object for the first time at once may claim two; the first one counts.
		if atomic.Casuintptr(&table.entries[free].key, 0, key) {
			table.claimed[table.count.Add(1)-1] = uint32(free)
			return &table.entries[free]
		}
	}
	table.noRoom.Add(1)
	return nil
}

// flaketuiMarked is called with the world stopped when the collector knows what is garbage, and
// before any of it can be used again.
func flaketuiMarked() {
	for _, table := range [...]*flaketuiTable{&flaketuiHolders, &flaketuiUsed} {
		kept := uint32(0)
		for _, slot := range table.claimed[:table.count.Load()] {
			if entry := &table.entries[slot]; flaketuiIsGarbage(entry.key) {
				*entry = flaketuiEntry{}
			} else {
				table.claimed[kept] = slot
				kept++
			}
		}
		table.count.Store(kept)
	}
	for i := range &flaketuiContexts {
		if entry := &flaketuiContexts[i]; entry.key != 0 && flaketuiIsGarbage(entry.key) {
			*entry = flaketuiEntry{}
		}
	}
}

func flaketuiIsGarbage(address uintptr) bool {
	span := spanOf(address)
	if span == nil {
		return false // a variable, or not Go's
	}
	if span.state.get() != mSpanInUse {
		return true // a stack, which moves
	}
	return !span.markBitsForIndex(span.objIndex(address)).isMarked()
}

func flaketuiEnding(gp *g) {
	flaketuiEnds[gp.goid%uint64(len(flaketuiEnds))] = flaketuiEnd{gp.goid, flaketuiClock, gp.startpc}
}
