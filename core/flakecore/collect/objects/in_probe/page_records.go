// The records of a page, as the runtime writes them: kind, number of words that follow, words.

package testdeps

import "unsafe"

const (
	flaketuiMoment    = iota + 1 // nanotime, wall clock in ns, whether all that can be reached was found
	flaketuiGoroutine            // id, status, since, creator, creation pc, labels, own, because, frames, pcs, reason
	flaketuiWait                 // goroutine, object, how, word of a wait group or cond
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

// What a use is.
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

// flaketuiBecause is why a goroutine can go on; the first, that it cannot.
var flaketuiBecause = [...]string{"", "running", "runnable", "syscall", "sleep", "timer", "network", "system", "object", "unknown"}

func flaketuiEach(words []uint64, kind uint64, then func([]uint64)) {
	for len(words) > 0 {
		length := words[1]
		if words[0] == kind {
			then(words[2 : 2+length])
		}
		words = words[2+length:]
	}
}

// flaketuiText returns a text of a record, which is its length and its bytes.
func flaketuiText(words []uint64) string {
	if words[0] == 0 {
		return ""
	}
	return string(unsafe.Slice((*byte)(unsafe.Pointer(&words[1])), words[0]))
}

// flaketuiState returns a goroutine's state by the runtime's number of it.
func flaketuiState(status, own uint64) string {
	switch {
	case own&flaketuiOfRuntime != 0:
		return "system"
	case status == 1 || status == 9:
		return "runnable"
	case status == 2 || status == 8:
		return "running"
	case status == 3:
		return "syscall"
	}
	return "waiting"
}
