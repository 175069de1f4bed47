// The page: what every goroutine waits on, in one stop of the world. It is gathered as words in memory
// that is there from the start, and becomes JSON once the world goes on.

package runtime

const (
	flaketuiRoom       = 1 << 20 // words of a page
	flaketuiDepth      = 100     // frames of a stack, innermost first
	flaketuiMost       = 1 << 16 // goroutines of a page
	flaketuiMostAwaits = 1 << 17
	flaketuiLeaked     = 10 // status of a goroutine that the collector found leaked, since Go 1.26
)

// Records of a page: kind, number of words that follow, words.
const (
	flaketuiMoment    = iota + 1 // nanotime, wall clock in ns, whether all that can be reached was found
	flaketuiGoroutine            // id, status, since, creator, creation pc, labels, own, because, frames, pcs, reason
	flaketuiWait                 // goroutine, object, how, word of a wait group
	flaketuiChannel              // address, capacity, length, closed, global, made, sent, received, closed, element type
	flaketuiHeld                 // mutex, goroutine, since, how many readers and locks of this one, pcs
	flaketuiUseOf                // object, use, goroutine, when, extra, pcs
	flaketuiReached              // object, goroutine
	flaketuiTimer                // timer, channel, goroutine, when, period
	flaketuiGone                 // goroutine, when it ended, pc of its function
	flaketuiLeftOut              // goroutines, objects, entries
)

// What a wait is.
const (
	flaketuiOnSend = iota + 1
	flaketuiOnReceive
	flaketuiOnSema
	flaketuiOnCond
)

const (
	flaketuiOfRuntime = 1 << iota // a goroutine of the runtime's own
	flaketuiAsker                 // the one that asks for the page
)

// flaketuiLayout is where the parts of the types in package sync lie in them.
type flaketuiLayout struct {
	state, sema                    uintptr // of a Mutex
	writers, writer, reader, count uintptr // of an RWMutex
	counter, waiters               uintptr // of a WaitGroup
	notify, locker                 uintptr // of a Cond
}

type flaketuiMember struct {
	gp      guintptr
	because uint8 // why it can go on; 0 if it cannot
	waits   bool  // on an object that is known
}

type flaketuiAwait struct {
	member uint32
	how    uint32
	object uintptr
}

var (
	flaketuiWords       [flaketuiRoom]uint64
	flaketuiFilled      int
	flaketuiMissed      [3]uint64 // goroutines, objects, entries that there was no room for
	flaketuiPCs         [flaketuiDepth]uintptr
	flaketuiAsking      guintptr
	flaketuiLies        flaketuiLayout
	flaketuiMembers     [flaketuiMost]flaketuiMember
	flaketuiMemberCount int
	flaketuiAwaits      [flaketuiMostAwaits]flaketuiAwait
	flaketuiAwaitCount  int
	flaketuiNumbers     flaketuiMap // of members, by goroutine number
	flaketuiChannels    flaketuiMap // channels that are waited on
	flaketuiSemas       flaketuiMap // what goroutines wait for semaphores with
	flaketuiMentioned   flaketuiMap // goroutines that used something
)

// flaketuiPage stops the world and returns what there is to say, until it is called again.
//
//go:linkname flaketuiPage
func flaketuiPage(lies *flaketuiLayout, askerGoesOn bool, patience int64) []uint64 {
	flaketuiLies = *lies
	flaketuiAskerGoesOn, flaketuiPatience = askerGoesOn, patience
	stopped := flaketuiStop()
	systemstack(flaketuiGather)
	flaketuiStart(stopped)
	return flaketuiWords[:flaketuiFilled]
}

func flaketuiGather() {
	now := nanotime()
	flaketuiClock = now
	flaketuiFilled, flaketuiMemberCount, flaketuiAwaitCount = 0, 0, 0
	flaketuiMissed = [3]uint64{}
	flaketuiNumbers.clear()
	flaketuiChannels.clear()
	flaketuiSemas.clear()
	flaketuiMentioned.clear()
	flaketuiAsking.set(getg().m.curg)
	all, count := atomicAllG()
	for i := uintptr(0); i < count; i++ {
		flaketuiAddMember(atomicAllGIndex(all, i))
	}
	for i := 0; i < flaketuiMemberCount; i++ {
		flaketuiAddAwaits(flaketuiMembers[i].gp.ptr())
	}
	for i := range &semtable {
		flaketuiAddSemas(semtable[i].root.treap)
	}
	flaketuiFindUnsure()
	flaketuiFindLive()
	sec, nsec, _ := time_now()
	flaketuiPut(flaketuiMoment, uint64(now), uint64(sec)*1e9+uint64(nsec), flaketuiTruth(!flaketuiGaveUp))
	for i := 0; i < flaketuiMemberCount; i++ {
		flaketuiPutMember(&flaketuiMembers[i])
	}
	for i := 0; i < flaketuiAwaitCount; i++ {
		flaketuiPutAwait(&flaketuiAwaits[i])
	}
	for i := range &flaketuiChannels.keys {
		if c := flaketuiChannels.keys[i]; c != 0 {
			flaketuiPutChannel((*hchan)(unsafe.Pointer(c)))
		}
	}
	flaketuiPutReached()
	flaketuiEachTimer()
	flaketuiPutHolders()
	flaketuiPutUses()
	flaketuiPutGone()
	flaketuiFilled = min(flaketuiFilled, flaketuiRoom-8)
	missed := uint64(flaketuiHolders.noRoom.Load()) + uint64(flaketuiReaders.noRoom.Load()) + uint64(flaketuiUsed.noRoom.Load())
	flaketuiPut(flaketuiLeftOut, flaketuiMissed[0], flaketuiMissed[1], flaketuiMissed[2]+missed)
}

func flaketuiTruth(is bool) uint64 {
	if is {
		return 1
	}
	return 0
}

func flaketuiAddMember(gp *g) {
	status := readgstatus(gp) &^ _Gscan
	if status == _Gidle || status == _Gdead || status > flaketuiLeaked || gp.goid == 0 {
		return
	}
	if flaketuiMemberCount == flaketuiMost {
		flaketuiMissed[0]++
		return
	}
	member := &flaketuiMembers[flaketuiMemberCount]
	member.gp.set(gp)
	member.because, member.waits = 0, false
	flaketuiNumbers.add(uintptr(gp.goid), uintptr(flaketuiMemberCount))
	flaketuiMemberCount++
}

func flaketuiIsWaiting(gp *g) bool {
	status := readgstatus(gp) &^ _Gscan
	return status == _Gwaiting || status == flaketuiLeaked
}

// flaketuiAddAwaits adds what a goroutine waits on, but for semaphores.
func flaketuiAddAwaits(gp *g) {
	if !flaketuiIsWaiting(gp) {
		return
	}
	if gp.waitreason == waitReasonSyncCondWait && flaketuiKnowsConds && gp.param != nil {
		flaketuiAddAwait(gp, uintptr(gp.param)-flaketuiLies.notify, flaketuiOnCond)
		return
	}
	// What waits for a semaphore has no channel, and is linked to others that do.
	for waits := gp.waiting; waits != nil; waits = waits.waitlink {
		c := flaketuiChannelOf(waits)
		if c == nil {
			return
		}
		if !flaketuiChannels.add(uintptr(unsafe.Pointer(c)), 0) {
			continue
		}
		for waits := c.sendq.first; waits != nil; waits = waits.next {
			flaketuiAddAwait(waits.g, uintptr(unsafe.Pointer(c)), flaketuiOnSend)
		}
		for waits := c.recvq.first; waits != nil; waits = waits.next {
			flaketuiAddAwait(waits.g, uintptr(unsafe.Pointer(c)), flaketuiOnReceive)
		}
	}
}

// flaketuiAddSemas adds who waits in a tree of semaphores.
func flaketuiAddSemas(at *sudog) {
	for last := (*sudog)(nil); at != nil; {
		next := at.parent
		if last == at.parent {
			for waits := at; waits != nil; waits = waits.waitlink {
				flaketuiAddAwait(waits.g, uintptr(flaketuiElement(waits)), flaketuiOnSema)
				flaketuiSemas.add(uintptr(unsafe.Pointer(waits)), 0)
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

// flaketuiAddAwait adds a wait, if it is one: a select that has been woken is still in its queues.
func flaketuiAddAwait(gp *g, object uintptr, how uint32) {
	if gp == nil || !flaketuiIsWaiting(gp) {
		return
	}
	member, known := flaketuiNumbers.get(uintptr(gp.goid))
	if !known || flaketuiAwaitCount == flaketuiMostAwaits {
		flaketuiMissed[1]++
		return
	}
	if object == uintptr(unsafe.Pointer(&worldsema)) || object == uintptr(unsafe.Pointer(&gcsema)) {
		return
	}
	flaketuiMembers[member].waits = true
	flaketuiAwaits[flaketuiAwaitCount] = flaketuiAwait{uint32(member), how, object}
	flaketuiAwaitCount++
}

// flaketuiPut writes a record if there is room for it.
func flaketuiPut(kind uint64, words ...uint64) bool {
	if flaketuiFilled+len(words)+10 > flaketuiRoom {
		return false
	}
	flaketuiWords[flaketuiFilled] = kind
	flaketuiWords[flaketuiFilled+1] = uint64(len(words))
	flaketuiFilled += 2
	flaketuiFilled += copy(flaketuiWords[flaketuiFilled:], words)
	return true
}

// flaketuiAppend adds a text to the record that begins at a place.
func flaketuiAppend(record int, text string) {
	words := 1 + (len(text)+7)/8
	if flaketuiFilled+words+10 > flaketuiRoom {
		text, words = "", 1
	}
	flaketuiWords[flaketuiFilled] = uint64(len(text))
	if len(text) > 0 {
		memmove(unsafe.Pointer(&flaketuiWords[flaketuiFilled+1]), unsafe.Pointer(unsafe.StringData(text)), uintptr(len(text)))
	}
	flaketuiFilled += words
	flaketuiWords[record+1] += uint64(words)
}

// flaketuiAppendPCs adds the first of flaketuiPCs to the record that begins at a place.
func flaketuiAppendPCs(record, depth int) {
	if flaketuiFilled+depth+10 > flaketuiRoom {
		return
	}
	for _, pc := range flaketuiPCs[:depth] {
		flaketuiWords[flaketuiFilled] = uint64(pc)
		flaketuiFilled++
	}
	flaketuiWords[record+1] += uint64(depth)
}

func flaketuiPutMember(member *flaketuiMember) {
	gp := member.gp.ptr()
	status := readgstatus(gp) &^ _Gscan
	own := uint64(0)
	if isSystemGoroutine(gp, false) || flaketuiServes(gp) {
		own |= flaketuiOfRuntime
	}
	if gp == flaketuiAsking.ptr() {
		own |= flaketuiAsker
	}
	depth := flaketuiStack(gp)
	record := flaketuiFilled
	if flaketuiFilled+depth+40 > flaketuiRoom || !flaketuiPut(flaketuiGoroutine, gp.goid, uint64(status), uint64(gp.waitsince),
		gp.parentGoid, uint64(gp.gopc), uint64(uintptr(gp.labels)), own, uint64(member.because), uint64(depth)) {
		flaketuiMissed[0]++
		return
	}
	flaketuiAppendPCs(record, depth)
	reason := ""
	if flaketuiIsWaiting(gp) {
		reason = gp.waitreason.String()
	}
	flaketuiAppend(record, reason)
}

// flaketuiStack unwinds a goroutine's stack into flaketuiPCs, and returns how many frames there are.
func flaketuiStack(gp *g) int {
	if readgstatus(gp)&^_Gscan == _Grunning && gp != flaketuiAsking.ptr() {
		return 0
	}
	var u unwinder
	u.init(gp, unwindSilentErrors)
	return tracebackPCs(&u, 0, flaketuiPCs[:])
}

func flaketuiPutAwait(await *flaketuiAwait) {
	word := uint64(0)
	if await.how == flaketuiOnSema {
		if at := await.object - flaketuiLies.waiters + flaketuiLies.counter; flaketuiReadable(at) {
			word = *(*uint64)(unsafe.Pointer(at))
		}
	} else if await.how == flaketuiOnCond {
		if at := await.object + flaketuiLies.locker + goarch.PtrSize; flaketuiReadable(at) {
			word = uint64(*(*uintptr)(unsafe.Pointer(at)))
		}
	}
	if !flaketuiPut(flaketuiWait, flaketuiMembers[await.member].gp.ptr().goid, uint64(await.object), uint64(await.how), word) {
		flaketuiMissed[1]++
	}
}

func flaketuiPutChannel(c *hchan) {
	record := flaketuiFilled
	address := uintptr(unsafe.Pointer(c))
	if !flaketuiPut(flaketuiChannel, uint64(address), uint64(c.dataqsiz), uint64(c.qcount), uint64(c.closed),
		flaketuiTruth(flaketuiIsGlobal(address))) {
		flaketuiMissed[1]++
		return
	}
	for i := 0; i < 4; i++ {
		flaketuiAppendUse(record, c, i)
	}
	flaketuiAppend(record, toRType(c.elemtype).string())
}

func flaketuiPutHolders() {
	for _, slot := range flaketuiHolders.claimed[:flaketuiHolders.count.Load()] {
		entry := &flaketuiHolders.entries[slot]
		state := entry.key + flaketuiLies.state
		if entry.goid == 0 || flaketuiIsUnsure(entry.key) || !flaketuiReadable(state) || *(*int32)(unsafe.Pointer(state))&1 == 0 {
			continue
		}
		flaketuiPutEntry(entry, flaketuiHeld, uint64(entry.key), entry.goid, uint64(entry.at), 0)
	}
	for i := range &flaketuiReaders.entries {
		entry := &flaketuiReaders.entries[i]
		if entry.goid == 0 || !flaketuiReadable(entry.key+flaketuiLies.count) {
			continue
		}
		readers := *(*int32)(unsafe.Pointer(entry.key + flaketuiLies.count))
		if readers < 0 {
			readers += 1 << 30
		}
		flaketuiPutEntry(entry, flaketuiHeld, uint64(entry.key), entry.goid, uint64(entry.at), uint64(readers)<<32|uint64(entry.extra))
	}
}

func flaketuiPutUses() {
	for _, slot := range flaketuiUsed.claimed[:flaketuiUsed.count.Load()] {
		entry := &flaketuiUsed.entries[slot]
		// Two may have claimed an entry for it at once: the first one counts.
		if flaketuiClaim(&flaketuiUsed, entry.key, flaketuiPlace(entry.key&^7)) == entry {
			flaketuiPutUse(entry)
		}
	}
	for i := range &flaketuiContexts {
		flaketuiPutUse(&flaketuiContexts[i])
	}
}

func flaketuiPutUse(entry *flaketuiEntry) {
	if entry.goid != 0 {
		flaketuiPutEntry(entry, flaketuiUseOf, uint64(entry.key&^7), uint64(entry.key&7), entry.goid, uint64(entry.at), uint64(entry.extra))
	}
}

func flaketuiPutEntry(entry *flaketuiEntry, kind uint64, words ...uint64) {
	record := flaketuiFilled
	flaketuiMention(entry.goid)
	if !flaketuiPut(kind, words...) {
		flaketuiMissed[1]++
		return
	}
	flaketuiAppendPCs(record, flaketuiExpand(&entry.pcs))
}

func flaketuiMention(goid uint64) {
	if goid != 0 {
		flaketuiMentioned.add(uintptr(goid), 0)
	}
}

// flaketuiPutGone writes the goroutines that used something and have ended.
func flaketuiPutGone() {
	for i := range &flaketuiMentioned.keys {
		goid := uint64(flaketuiMentioned.keys[i])
		if _, known := flaketuiNumbers.get(uintptr(goid)); goid == 0 || known {
			continue
		}
		end := &flaketuiEnds[goid%uint64(len(flaketuiEnds))]
		if end.goid == goid {
			flaketuiPut(flaketuiGone, goid, uint64(end.at), uint64(end.pc))
		} else if flaketuiMissed[0] == 0 {
			flaketuiPut(flaketuiGone, goid, 0, 0)
		}
	}
}

// flaketuiExpand writes the calls that return to some places into flaketuiPCs, with those that were
// inlined, and returns how many there are.
func flaketuiExpand(pcs *[flaketuiCallers]uintptr) int {
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

// flaketuiTraceback does what GOTRACEBACK=system does; a timeout asks for less, and gets this.
//
//go:linkname flaketuiTraceback
func flaketuiTraceback() {
	traceback_env |= 2<<tracebackShift | tracebackAll
	setTraceback("system")
}

var flaketuiLabel struct {
	key   *byte // of the labels that name tests, as no other label has it
	shows bool  // whether a stack that is asked for has them, as that of a crash has
}

//go:linkname flaketuiShowLabel
func flaketuiShowLabel(key string, shows bool) {
	flaketuiLabel.key, flaketuiLabel.shows = unsafe.StringData(key), shows
}

func flaketuiHidesLabel(key string) bool {
	return getg().writebuf != nil && !flaketuiLabel.shows && unsafe.StringData(key) == flaketuiLabel.key
}

// flaketuiLabels returns the address of the labels of the goroutine that asks.
//
//go:linkname flaketuiLabels
func flaketuiLabels() uint64 { return uint64(uintptr(getg().labels)) }
