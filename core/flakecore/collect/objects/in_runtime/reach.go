// Who can still go on: a fixpoint. It begins with the goroutines that go on by themselves: running,
// runnable, in a system call, asleep, at a timer or the network. What waits on an object that one of
// them can reach can go on too, and so on. Reaching is conservative: every word on a stack or in the
// heap that looks like an address is one. A mutex is the exception: only who holds it lets it go.

package runtime

// Why a goroutine can go on.
const (
	flaketuiDead = iota
	flaketuiIsRunning
	flaketuiIsRunnable
	flaketuiInSyscall
	flaketuiSleeps
	flaketuiAtTimer
	flaketuiAtNetwork
	flaketuiIsSystem
	flaketuiByObject
	flaketuiUnknown
)

const (
	flaketuiMapSize   = 1 << 18
	flaketuiReachSize = 1 << 21 // words; three of four can be in use
	flaketuiQueueSize = 1 << 20
)

// flaketuiMap is a hash map from words that are not 0.
type flaketuiMap struct {
	keys   [flaketuiMapSize]uintptr
	values [flaketuiMapSize]uintptr
	used   int
}

func (m *flaketuiMap) clear() {
	if m.used > 0 {
		memclrNoHeapPointers(unsafe.Pointer(&m.keys), unsafe.Sizeof(m.keys))
		m.used = 0
	}
}

func (m *flaketuiMap) slot(key uintptr) uintptr {
	at := uintptr(uint64(key>>1)*0x9e3779b97f4a7c15>>40) % flaketuiMapSize
	for m.keys[at] != 0 && m.keys[at] != key {
		at = (at + 1) % flaketuiMapSize
	}
	return at
}

// add returns whether the key was not there, and is now.
func (m *flaketuiMap) add(key, value uintptr) bool {
	at := m.slot(key)
	if m.keys[at] == key || m.used > flaketuiMapSize/2 {
		return false
	}
	m.keys[at], m.values[at] = key, value
	m.used++
	return true
}

func (m *flaketuiMap) get(key uintptr) (uintptr, bool) {
	at := m.slot(key)
	return m.values[at], m.keys[at] == key
}

var (
	flaketuiAskerGoesOn bool
	flaketuiPatience    int64                      // nanoseconds that the heap is followed at most
	flaketuiGaveUp      bool                       // not all that can be reached was found
	flaketuiSeen        [flaketuiReachSize]uintptr // objects that were reached, by address
	flaketuiSeenCount   int
	flaketuiQueue       [flaketuiQueueSize]uintptr // those of them that are yet to be scanned
	flaketuiQueued      int
	flaketuiLimit       int64
	flaketuiAwaited     flaketuiMap // the heap objects that are waited on; 1 if a variable reaches them
	flaketuiTimed       flaketuiMap // the channels of timers
	flaketuiVariables   bool        // whether what variables reach is still being found
	flaketuiTimersOnly  bool        // whether timers are roots now, and not written
	flaketuiAnyLive     bool
	flaketuiUnsure      [64]uintptr // mutexes whose holder may be another than is noted
	flaketuiUnsureCount int
)

func flaketuiFindLive() {
	flaketuiAwaited.clear()
	flaketuiTimed.clear()
	if flaketuiSeenCount > 0 {
		memclrNoHeapPointers(unsafe.Pointer(&flaketuiSeen), unsafe.Sizeof(flaketuiSeen))
	}
	flaketuiSeenCount, flaketuiQueued, flaketuiGaveUp = 0, 0, false
	flaketuiLimit = nanotime() + flaketuiPatience
	flaketuiAnyLive = false
	for i := 0; i < flaketuiAwaitCount; i++ {
		flaketuiAwaited.add(flaketuiBase(flaketuiAwaits[i].object), 0)
	}
	for i := 0; i < flaketuiMemberCount; i++ {
		flaketuiMembers[i].because = flaketuiByItself(&flaketuiMembers[i])
		flaketuiAnyLive = flaketuiAnyLive || flaketuiMembers[i].because != flaketuiDead && flaketuiMembers[i].because != flaketuiIsSystem
	}
	flaketuiSeeScheduler()
	flaketuiTimersOnly = true
	flaketuiEachTimer()
	flaketuiTimersOnly = false
	flaketuiVariables = true
	for i := 0; i < flaketuiAwaitCount; i++ {
		if span := spanOfHeap(flaketuiAwaits[i].object); span == nil {
			flaketuiAwaited.add(flaketuiAwaits[i].object, 1)
		}
	}
	queued := flaketuiQueued // what timers reach, which is followed later
	for m := &firstmoduledata; m != nil; m = m.next {
		flaketuiScanVariables(m.data, m.edata, m.gcdatamask.bytedata)
		flaketuiScanVariables(m.bss, m.ebss, m.gcbssmask.bytedata)
	}
	flaketuiFollow(queued)
	flaketuiVariables = false
	if !flaketuiAnyLive {
		return
	}
	for i := 0; i < flaketuiMemberCount; i++ {
		if flaketuiMembers[i].because > flaketuiDead && flaketuiMembers[i].because != flaketuiIsSystem {
			flaketuiScanStack(flaketuiMembers[i].gp.ptr())
		}
	}
	for again := true; again; {
		again = false
		flaketuiFollow(0)
		for i := 0; i < flaketuiAwaitCount; i++ {
			member := &flaketuiMembers[flaketuiAwaits[i].member]
			if member.because != flaketuiDead {
				continue
			}
			if member.because = flaketuiCanBeWoken(&flaketuiAwaits[i], member.gp.ptr().waitreason); member.because != flaketuiDead {
				flaketuiScanStack(member.gp.ptr())
				again = true
			}
		}
	}
}

// flaketuiByItself returns why a goroutine goes on without any other.
func flaketuiByItself(member *flaketuiMember) uint8 {
	gp := member.gp.ptr()
	if isSystemGoroutine(gp, false) || flaketuiServes(gp) || gp == flaketuiAsking.ptr() && !flaketuiAskerGoesOn {
		return flaketuiIsSystem
	}
	switch readgstatus(gp) &^ _Gscan {
	case _Grunnable, _Gpreempted:
		return flaketuiIsRunnable
	case _Grunning, _Gcopystack:
		return flaketuiIsRunning
	case _Gsyscall:
		return flaketuiInSyscall
	}
	if flaketuiInBubble(gp) {
		return flaketuiUnknown
	}
	switch gp.waitreason {
	case waitReasonSleep:
		return flaketuiSleeps
	case waitReasonIOWait:
		return flaketuiAtNetwork
	case waitReasonChanReceiveNilChan, waitReasonChanSendNilChan, waitReasonSelectNoCases:
		return flaketuiDead
	}
	if member.waits {
		return flaketuiDead // until it turns out that somebody can wake it
	}
	return flaketuiUnknown
}

// flaketuiServes returns whether a goroutine records the run, or waits for signals.
func flaketuiServes(gp *g) bool {
	name := funcname(findfunc(gp.startpc))
	return flaketuiBegins(name, "runtime/trace.") || flaketuiBegins(name, "runtime/pprof.") || name == "os/signal.loop"
}

func flaketuiBegins(text, with string) bool {
	return len(text) >= len(with) && text[:len(with)] == with
}

// flaketuiCanBeWoken returns why a wait can end, as far as is known by now.
func flaketuiCanBeWoken(await *flaketuiAwait, reason waitReason) uint8 {
	if flaketuiGaveUp {
		return flaketuiUnknown
	}
	if _, timed := flaketuiTimed.get(await.object); timed {
		return flaketuiAtTimer
	}
	mutex := uintptr(0)
	switch reason {
	case waitReasonSyncMutexLock:
		mutex = await.object - flaketuiLies.sema
	case waitReasonSyncRWMutexRLock:
		mutex = await.object - flaketuiLies.reader + flaketuiLies.writers
	}
	if mutex != 0 && !flaketuiIsUnsure(mutex) {
		if goid := flaketuiHolderOf(mutex); goid != 0 {
			holder, known := flaketuiNumbers.get(uintptr(goid))
			if !known || flaketuiMembers[holder].because == flaketuiDead {
				return flaketuiDead
			}
			return flaketuiByObject
		}
	}
	if flaketuiIsReached(await.object) {
		return flaketuiByObject
	}
	return flaketuiDead
}

// flaketuiHolderOf returns the goroutine that holds a mutex, 0 if that is not known.
func flaketuiHolderOf(mutex uintptr) uint64 {
	at := flaketuiPlace(mutex)
	for i := uintptr(0); i < flaketuiWindow; i++ {
		entry := &flaketuiHolders.entries[(at+i)%flaketuiEntries]
		if entry.key == mutex && flaketuiReadable(mutex+flaketuiLies.state) && *(*int32)(unsafe.Pointer(mutex + flaketuiLies.state))&1 != 0 {
			return entry.goid
		}
	}
	return 0
}

// flaketuiFindUnsure finds the mutexes that may have just been locked by who has not noted it yet.
func flaketuiFindUnsure() {
	flaketuiUnsureCount = 0
	for i := 0; i < flaketuiMemberCount; i++ {
		gp := flaketuiMembers[i].gp.ptr()
		if status := readgstatus(gp) &^ _Gscan; status != _Grunnable && status != _Gpreempted {
			continue
		}
		depth := min(flaketuiStack(gp), 6)
		for _, pc := range flaketuiPCs[:depth] {
			name := funcname(findfunc(pc - 1))
			if flaketuiBegins(name, "sync.(*Mutex).") || flaketuiBegins(name, "internal/sync.(*Mutex).") {
				flaketuiAddUnsure(gp)
				break
			}
		}
	}
}

// flaketuiAddUnsure adds the mutexes that a goroutine has near the top of its stack.
func flaketuiAddUnsure(gp *g) {
	for at := gp.sched.sp; at < gp.sched.sp+256*goarch.PtrSize && at < gp.stack.hi; at += goarch.PtrSize {
		mutex := *(*uintptr)(unsafe.Pointer(at))
		if flaketuiHolderOf(mutex) != 0 && flaketuiUnsureCount <= len(flaketuiUnsure) {
			if flaketuiUnsureCount < len(flaketuiUnsure) {
				flaketuiUnsure[flaketuiUnsureCount] = mutex
			}
			flaketuiUnsureCount++
		}
	}
}

func flaketuiIsUnsure(mutex uintptr) bool {
	if flaketuiUnsureCount > len(flaketuiUnsure) {
		return true
	}
	for _, unsure := range flaketuiUnsure[:flaketuiUnsureCount] {
		if unsure == mutex {
			return true
		}
	}
	return false
}

// flaketuiBase returns the address of the heap object that an address lies in, or the address itself.
func flaketuiBase(address uintptr) uintptr {
	if span := spanOfHeap(address); span != nil {
		return span.base() + span.objIndex(address)*span.elemsize
	}
	return address
}

// flaketuiIsReached returns whether somebody who can go on reaches an address.
func flaketuiIsReached(address uintptr) bool {
	if span := spanOf(address); span == nil || span.state.get() != mSpanInUse {
		return true // a variable, or on a stack
	}
	return *flaketuiSeenAt(flaketuiBase(address)) != 0
}

func flaketuiIsGlobal(address uintptr) bool {
	global, _ := flaketuiAwaited.get(flaketuiBase(address))
	return global == 1
}

// flaketuiReadable returns whether an address lies in an object of the heap or in a variable.
func flaketuiReadable(address uintptr) bool {
	if span := spanOfHeap(address); span != nil {
		return true
	}
	for m := &firstmoduledata; m != nil; m = m.next {
		if m.noptrdata <= address && address < m.enoptrbss {
			return true
		}
	}
	return false
}

func flaketuiSeenAt(object uintptr) *uintptr {
	at := uintptr(uint64(object>>3)*0x9e3779b97f4a7c15>>40) % flaketuiReachSize
	for flaketuiSeen[at] != 0 && flaketuiSeen[at] != object {
		at = (at + 1) % flaketuiReachSize
	}
	return &flaketuiSeen[at]
}

// flaketuiSee marks an object as reached, and returns whether it was not before.
func flaketuiSee(object uintptr) bool {
	at := flaketuiSeenAt(object)
	if *at == object {
		return false
	}
	if flaketuiSeenCount > flaketuiReachSize/4*3 {
		flaketuiGaveUp = true
		return false
	}
	*at = object
	flaketuiSeenCount++
	return true
}

// flaketuiSeeScheduler marks what the scheduler is made of, and what goroutines wait with, as found: it
// leads from anybody to everybody, and nobody goes there. Larger ones stand behind a header.
func flaketuiSeeScheduler() {
	all, count := atomicAllG()
	for i := uintptr(0); i < count; i++ {
		gp := atomicAllGIndex(all, i)
		flaketuiSee(flaketuiBase(uintptr(unsafe.Pointer(gp))))
		for waits := gp.waiting; waits != nil && flaketuiSee(flaketuiBase(uintptr(unsafe.Pointer(waits)))); {
			waits = waits.waitlink
		}
	}
	for mp := allm; mp != nil; mp = mp.alllink {
		flaketuiSee(flaketuiBase(uintptr(unsafe.Pointer(mp))))
		flaketuiSee(flaketuiBase(uintptr(unsafe.Pointer(mp.g0))))
		flaketuiSee(flaketuiBase(uintptr(unsafe.Pointer(mp.gsignal))))
	}
	for _, pp := range allp {
		flaketuiSee(flaketuiBase(uintptr(unsafe.Pointer(pp))))
	}
	for i := range &flaketuiSemas.keys {
		if key := flaketuiSemas.keys[i]; key != 0 {
			flaketuiSee(flaketuiBase(key))
		}
	}
	for i := range &flaketuiChannels.keys {
		if key := flaketuiChannels.keys[i]; key != 0 {
			c := (*hchan)(unsafe.Pointer(key))
			for waits := c.sendq.first; waits != nil; waits = waits.next {
				flaketuiSee(flaketuiBase(uintptr(unsafe.Pointer(waits))))
			}
			for waits := c.recvq.first; waits != nil; waits = waits.next {
				flaketuiSee(flaketuiBase(uintptr(unsafe.Pointer(waits))))
			}
		}
	}
}

// flaketuiScan marks whatever the words from one address to another may point to.
func flaketuiScan(from, to uintptr) {
	for at := from &^ (goarch.PtrSize - 1); at+goarch.PtrSize <= to; at += goarch.PtrSize {
		flaketuiReach(*(*uintptr)(unsafe.Pointer(at)))
	}
}

// flaketuiScanVariables marks what the pointers among variables point to, but for those of the first
// thread and its goroutine.
func flaketuiScanVariables(from, to uintptr, pointers *uint8) {
	for at := from; at+goarch.PtrSize <= to; at += goarch.PtrSize {
		word := (at - from) / goarch.PtrSize
		ofThread := at-uintptr(unsafe.Pointer(&m0)) < unsafe.Sizeof(m0) || at-uintptr(unsafe.Pointer(&g0)) < unsafe.Sizeof(g0)
		if *addb(pointers, word/8)>>(word%8)&1 != 0 && !ofThread {
			flaketuiReach(*(*uintptr)(unsafe.Pointer(at)))
		}
	}
}

func flaketuiReach(address uintptr) {
	span := spanOfHeap(address)
	if span == nil {
		return
	}
	index := span.objIndex(address)
	if span.isFree(index) {
		return
	}
	object := span.base() + index*span.elemsize
	if flaketuiVariables && flaketuiAwaited.used > 0 {
		if at := flaketuiAwaited.slot(object); flaketuiAwaited.keys[at] == object {
			flaketuiAwaited.values[at] = 1
		}
	}
	if span.spanclass.noscan() {
		// Of those only what is waited on matters.
		if _, awaited := flaketuiAwaited.get(object); awaited {
			flaketuiSee(object)
		}
		return
	}
	if !flaketuiSee(object) {
		return
	}
	if flaketuiQueued == flaketuiQueueSize {
		flaketuiGaveUp = true
		return
	}
	flaketuiQueue[flaketuiQueued] = object
	flaketuiQueued++
}

// flaketuiFollow scans the objects that were reached, down to some that are left for later.
func flaketuiFollow(left int) {
	for n := 0; flaketuiQueued > left && !flaketuiGaveUp; n++ {
		flaketuiQueued--
		object := flaketuiQueue[flaketuiQueued]
		if n%1024 == 0 && nanotime() > flaketuiLimit {
			flaketuiGaveUp = true
		}
		flaketuiScan(object, object+spanOfHeap(object).elemsize)
	}
}

func flaketuiScanStack(gp *g) {
	sp := gp.sched.sp
	if readgstatus(gp)&^_Gscan == _Gsyscall || gp.syscallsp != 0 {
		sp = gp.syscallsp
	}
	if sp >= gp.stack.lo && sp < gp.stack.hi {
		// Nobody has written to the first four words: newproc leaves them as they were.
		flaketuiScan(sp, gp.stack.hi-4*goarch.PtrSize)
	}
	flaketuiReach(uintptr(unsafe.Pointer(gp._defer)))
	flaketuiReach(uintptr(gp.labels))
	flaketuiReach(uintptr(gp.param))
}

// flaketuiPutReached writes which goroutines have an object that others wait on on their stack.
func flaketuiPutReached() {
	for i := 0; i < flaketuiMemberCount; i++ {
		gp := flaketuiMembers[i].gp.ptr()
		if flaketuiMembers[i].because == flaketuiIsSystem || readgstatus(gp)&^_Gscan == _Grunning {
			continue
		}
		sp := gp.sched.sp
		if gp.syscallsp != 0 {
			sp = gp.syscallsp
		}
		if sp < gp.stack.lo || sp >= gp.stack.hi {
			continue
		}
		last := uintptr(0)
		for at := sp; at+goarch.PtrSize <= gp.stack.hi; at += goarch.PtrSize {
			word := *(*uintptr)(unsafe.Pointer(at))
			if spanOfHeap(word) == nil {
				continue
			}
			if object := flaketuiBase(word); object != last {
				if _, awaited := flaketuiAwaited.get(object); awaited && !flaketuiPut(flaketuiReached, uint64(object), gp.goid) {
					flaketuiMissed[1]++
					return
				}
				last = object
			}
		}
	}
}

// flaketuiPutTimer writes a timer, or follows what it lets go on.
func flaketuiPutTimer(t *timer, when int64) {
	argument := efaceOf(&t.arg).data
	f := **(**uintptr)(unsafe.Pointer(&t.f))
	name := funcname(findfunc(f))
	channel, goid := uintptr(0), uint64(0)
	switch name {
	case "time.sendTime":
		channel = uintptr(argument)
		if _, waited := flaketuiChannels.get(channel); !waited {
			return
		}
	case "runtime.goroutineReady":
		goid = (*g)(argument).goid
	case "time.goFunc":
		name = funcname(findfunc(*(*uintptr)(argument)))
		if flaketuiBegins(name, "testing.") || flaketuiBegins(name, "testing/internal/testdeps.") {
			return
		}
	default:
		return
	}
	if !flaketuiTimersOnly {
		if channel != 0 || goid != 0 {
			flaketuiPut(flaketuiTimer, uint64(uintptr(unsafe.Pointer(t))), uint64(channel), goid, uint64(when), uint64(t.period))
		}
		return
	}
	if channel != 0 {
		flaketuiTimed.add(channel, 0)
		flaketuiAnyLive = true
	} else if goid == 0 {
		flaketuiAnyLive = true
		flaketuiReach(uintptr(argument))
	}
}
