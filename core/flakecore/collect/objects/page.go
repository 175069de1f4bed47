// The page: what every goroutine waits on, in one stop of the world. It is gathered as words in memory
// that is there from the start, and becomes JSON once the world goes on.

package runtime

const (
	flaketuiRoom  = 1 << 20 // words of a page
	flaketuiDepth = 100     // frames of a stack, innermost first
)

// Records of a page: kind, number of words that follow, words.
const (
	flaketuiMoment    = iota + 1 // nanotime, wall clock
	flaketuiGoroutine            // id, status, since, creator, creation pc, labels, own, frames, pcs, reason
	flaketuiWait                 // goroutine, object, kind of object, direction
	flaketuiChannel              // address, capacity, length, closed, element type
	flaketuiHeld                 // address, goroutine, since, reading, pcs
	flaketuiLeftOut              // goroutines, objects
)

const (
	flaketuiOfRuntime = 1 << iota // goroutines of the runtime's own
	flaketuiSelf                  // the one that asks for the page
)

const (
	flaketuiOnSend = iota + 1
	flaketuiOnReceive
	flaketuiOnSema
)

var (
	flaketuiWords   [flaketuiRoom]uint64
	flaketuiUsed    int
	flaketuiMissed  [2]uint64 // goroutines, objects that there was no room for
	flaketuiPCs     [flaketuiDepth]uintptr
	flaketuiVisited [1 << 16]uintptr // channels, by address
	flaketuiAsking  *g
)

// flaketuiPage stops the world and returns what there is to say, until it is called again.
//
//go:linkname flaketuiPage
func flaketuiPage() []uint64 {
	stopped := flaketuiStop()
	systemstack(flaketuiGather)
	flaketuiStart(stopped)
	return flaketuiWords[:flaketuiUsed]
}

func flaketuiGather() {
	flaketuiUsed = 0
	flaketuiMissed = [2]uint64{}
	flaketuiVisited = [1 << 16]uintptr{}
	flaketuiAsking = getg().m.curg
	sec, nsec, _ := time_now()
	flaketuiPut(flaketuiMoment, uint64(nanotime()), uint64(sec)*1e9+uint64(nsec))
	all, count := atomicAllG()
	for i := uintptr(0); i < count; i++ {
		flaketuiPutGoroutine(atomicAllGIndex(all, i))
	}
	for i := range &semtable {
		flaketuiPutSemas(semtable[i].root.treap)
	}
	for i := range &flaketuiHolders {
		flaketuiPutHolder(&flaketuiHolders[i], 0)
	}
	for i := range &flaketuiReaders {
		flaketuiPutHolder(&flaketuiReaders[i], 1)
	}
	flaketuiUsed = min(flaketuiUsed, flaketuiRoom-4)
	flaketuiPut(flaketuiLeftOut, flaketuiMissed[0], flaketuiMissed[1])
}

// flaketuiPut writes a record if there is room for it.
func flaketuiPut(kind uint64, words ...uint64) bool {
	if flaketuiUsed+len(words)+6 > flaketuiRoom {
		return false
	}
	flaketuiWords[flaketuiUsed] = kind
	flaketuiWords[flaketuiUsed+1] = uint64(len(words))
	flaketuiUsed += 2
	flaketuiUsed += copy(flaketuiWords[flaketuiUsed:], words)
	return true
}

// flaketuiAppend adds a text to the record that begins at a place.
func flaketuiAppend(record int, text string) {
	words := 1 + (len(text)+7)/8
	if flaketuiUsed+words+6 > flaketuiRoom {
		text, words = "", 1
	}
	flaketuiWords[flaketuiUsed] = uint64(len(text))
	if len(text) > 0 {
		memmove(unsafe.Pointer(&flaketuiWords[flaketuiUsed+1]), unsafe.Pointer(unsafe.StringData(text)), uintptr(len(text)))
	}
	flaketuiUsed += words
	flaketuiWords[record+1] += uint64(words)
}

func flaketuiPutGoroutine(gp *g) {
	status := readgstatus(gp) &^ _Gscan
	if status == _Gidle || status == _Gdead || gp.goid == 0 {
		return
	}
	depth := flaketuiStack(gp)
	record := flaketuiUsed
	own := uint64(0)
	if isSystemGoroutine(gp, false) {
		own = flaketuiOfRuntime
	}
	if gp == flaketuiAsking {
		own |= flaketuiSelf
	}
	if flaketuiUsed+depth+40 > flaketuiRoom || !flaketuiPut(flaketuiGoroutine, gp.goid, uint64(status), uint64(gp.waitsince),
		gp.parentGoid, uint64(gp.gopc), uint64(uintptr(gp.labels)), own, uint64(depth)) {
		flaketuiMissed[0]++
		return
	}
	for _, pc := range flaketuiPCs[:depth] {
		flaketuiWords[flaketuiUsed] = uint64(pc)
		flaketuiUsed++
	}
	flaketuiWords[record+1] += uint64(depth)
	reason := ""
	if status == _Gwaiting {
		reason = gp.waitreason.String()
	}
	flaketuiAppend(record, reason)
	if status == _Gwaiting {
		// What waits for a semaphore has no channel, and is linked to others that do.
		for waits := gp.waiting; waits != nil && flaketuiChannelOf(waits) != nil; waits = waits.waitlink {
			flaketuiPutChannel(flaketuiChannelOf(waits))
		}
	}
}

// flaketuiStack unwinds a goroutine's stack into flaketuiPCs, and returns how many frames there are.
func flaketuiStack(gp *g) int {
	if readgstatus(gp)&^_Gscan == _Grunning && gp != flaketuiAsking {
		return 0
	}
	var u unwinder
	u.init(gp, unwindSilentErrors)
	return tracebackPCs(&u, 0, flaketuiPCs[:])
}

// flaketuiPutChannel writes a channel and all that wait on it, the first time that it is asked to.
func flaketuiPutChannel(c *hchan) {
	at := flaketuiPlace(uintptr(unsafe.Pointer(c)) >> 1)
	for i := uintptr(0); ; i++ {
		if i == flaketuiWindow {
			flaketuiMissed[1]++
			return
		}
		visited := &flaketuiVisited[(at+i)%uintptr(len(flaketuiVisited))]
		if *visited == uintptr(unsafe.Pointer(c)) {
			return
		}
		if *visited == 0 {
			*visited = uintptr(unsafe.Pointer(c))
			break
		}
	}
	record := flaketuiUsed
	if !flaketuiPut(flaketuiChannel, uint64(uintptr(unsafe.Pointer(c))), uint64(c.dataqsiz), uint64(c.qcount), uint64(c.closed)) {
		flaketuiMissed[1]++
		return
	}
	flaketuiAppend(record, toRType(c.elemtype).string())
	for waits := c.sendq.first; waits != nil; waits = waits.next {
		flaketuiPutWait(waits.g, uintptr(unsafe.Pointer(c)), flaketuiOnSend)
	}
	for waits := c.recvq.first; waits != nil; waits = waits.next {
		flaketuiPutWait(waits.g, uintptr(unsafe.Pointer(c)), flaketuiOnReceive)
	}
}

// flaketuiPutWait writes a wait, if it is one: a select that has been woken is still in its queues.
func flaketuiPutWait(gp *g, object uintptr, on uint64) {
	if gp == nil || readgstatus(gp)&^_Gscan != _Gwaiting {
		return
	}
	if !flaketuiPut(flaketuiWait, gp.goid, uint64(object), on) {
		flaketuiMissed[1]++
	}
}

// flaketuiPutSemas writes who waits in a tree of semaphores.
func flaketuiPutSemas(at *sudog) {
	for last := (*sudog)(nil); at != nil; {
		next := at.parent
		if last == at.parent {
			for waits := at; waits != nil; waits = waits.waitlink {
				flaketuiPutWait(waits.g, uintptr(flaketuiElement(waits)), flaketuiOnSema)
			}
			if at.prev != nil {
				next = at.prev
			} else if at.next != nil {
				next = at.next
			}
		} else if last == at.prev && at.next != nil {
			next = at.next
		}
		last, at = at, next
	}
}

func flaketuiPutHolder(holder *flaketuiHolder, reading uint64) {
	if holder.goid == 0 {
		return
	}
	record := flaketuiUsed
	if !flaketuiPut(flaketuiHeld, uint64(holder.object), holder.goid, uint64(holder.since), reading) {
		flaketuiMissed[1]++
		return
	}
	depth := flaketuiExpand(&holder.pcs)
	if flaketuiUsed+depth+6 > flaketuiRoom {
		depth = 0
	}
	for _, pc := range flaketuiPCs[:depth] {
		flaketuiWords[flaketuiUsed] = uint64(pc)
		flaketuiUsed++
	}
	flaketuiWords[record+1] += uint64(depth)
}

// flaketuiExpand writes the calls that return to some places into flaketuiPCs, with those that were
// inlined, and returns how many there are.
func flaketuiExpand(pcs *[flaketuiFrames]uintptr) int {
	n := 0
	for _, pc := range pcs {
		if pc == 0 {
			break
		}
		f := findfunc(pc - 1)
		if !f.valid() {
			break
		}
		for iu, uf := flaketuiInlined(f, pc-1); n < flaketuiDepth && uf.valid(); uf = iu.next(uf) {
			if iu.srcFunc(uf).funcID != abi.FuncIDWrapper {
				flaketuiPCs[n] = uf.pc + 1
				n++
			}
		}
	}
	return n
}
