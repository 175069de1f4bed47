// The goroutines and objects of a page.

package testdeps

import "strconv"

type flaketuiObject struct {
	kind    string
	fields  flaketuiJSON // of what is known besides
	holders flaketuiJSON
	reached flaketuiJSON
	reader  uint64 // the last goroutine of reached
}

func (line *flaketuiLine) addGoroutine(out *flaketuiJSON, words []uint64) {
	goid, depth := words[0], words[8]
	pcs, reason := words[9:9+depth], flaketuiText(words[9+depth:])
	if words[6]&flaketuiAsker != 0 {
		line.asker = goid
	}
	out.open('{')
	out.number("id", goid)
	if test := flaketuiTestOf(words[5]); test != "" {
		out.text("test", test)
	}
	out.text("state", flaketuiState(words[1], words[6]))
	if reason != "" {
		out.text("reason", reason)
	}
	if reason != "" && words[2] != 0 {
		out.number("since", words[2])
	}
	if depth > 0 {
		out.number("stack", line.stack(pcs))
	}
	if words[3] != 0 {
		out.number("parent", words[3])
	}
	if words[3] != 0 && words[4] != 0 {
		out.number("created_at", uint64(line.frame(words[4])))
	}
	out.truth("live", words[7] != 0)
	if words[7] != 0 {
		out.text("because", flaketuiBecause[words[7]])
	}
	if waits := line.waits[goid]; len(waits) > 0 {
		out.key("waits")
		out.open('[')
		for at := range waits {
			line.addWait(out, &waits[at], pcs)
		}
		out.close(']')
	}
	out.close('}')
}

// addWait writes a wait, which from then on is on the object itself and not on a part of it.
func (line *flaketuiLine) addWait(out *flaketuiJSON, wait *flaketuiWaiting, pcs []uint64) {
	op := "receive"
	switch wait.how {
	case flaketuiOnSend:
		op = "send"
	case flaketuiOnCond:
		op = "cond"
		object := line.object(wait.object, "cond")
		if len(object.fields) == 0 && wait.word != 0 {
			object.fields.address("locker", wait.word)
		}
	case flaketuiOnSema:
		lock := line.lock(pcs, wait.object)
		op = lock.op
		wait.object = lock.address
		if op == "rlock" {
			line.late[lock.address]++
		}
		object := line.object(lock.address, lock.kind)
		object.kind = lock.kind
		if counter := wait.word >> 32; lock.kind == "waitgroup" && counter != 0 && len(object.fields) == 0 {
			object.fields.number("counter", counter&0x7fffffff)
		}
	}
	out.open('{')
	out.address("object", wait.object)
	out.text("op", op)
	out.close('}')
}

func (line *flaketuiLine) addGone(out *flaketuiJSON, words []uint64) {
	out.open('{')
	out.number("id", words[0])
	out.text("state", "ended")
	if words[1] != 0 {
		out.number("ended_ns", words[1])
	}
	if words[2] != 0 {
		out.text("function", line.names[line.frame(words[2]+1)])
	}
	out.close('}')
}

func (line *flaketuiLine) addChannel(words []uint64) {
	fields := &line.object(words[0], "chan").fields
	fields.number("cap", words[1])
	fields.number("len", words[2])
	fields.truth("closed", words[3] != 0)
	fields.text("elem", flaketuiText(words[17:]))
	fields.truth("global", words[4] != 0)
	for i, name := range [...]string{"made", "last_send", "last_receive", "last_close"} {
		if use := words[5+3*i:]; use[0] != 0 {
			line.event(fields, name, use[0], use[2], use[1:2])
		}
	}
}

// event writes who did something when and where.
func (line *flaketuiLine) event(out *flaketuiJSON, name string, goid, at uint64, pcs []uint64) {
	out.key(name)
	out.open('{')
	out.number("goroutine", goid)
	out.number("at", at)
	if len(pcs) > 0 && pcs[0] != 0 {
		out.number("stack", line.stack(pcs))
	}
	out.close('}')
}

func (line *flaketuiLine) countReaders(words []uint64) {
	if words[3] != 0 {
		line.readers[words[0]] += words[3] & 0xffffffff
	}
}

func (line *flaketuiLine) addHolder(words []uint64) {
	goid, pcs := words[1], words[4:]
	lock, mode := flaketuiLock{"rwmutex", "", words[0]}, "read"
	if words[3] == 0 {
		lock, mode = line.held(pcs, words[0]), "write"
	} else if line.readers[words[0]]+line.late[words[0]] != words[3]>>32 {
		return // unlocked by another goroutine than locked it
	}
	if goid == line.asker {
		return
	}
	for _, wait := range line.waits[goid] {
		// A writer holds off other writers while it waits for the readers.
		if wait.object == lock.address && mode == "write" && lock.kind == "rwmutex" {
			return
		}
	}
	out := &line.object(lock.address, lock.kind).holders
	out.open('{')
	out.number("goroutine", goid)
	out.text("mode", mode)
	out.number("since", words[2])
	if len(pcs) > 0 {
		out.number("stack", line.stack(pcs))
	}
	if line.ended[goid] {
		out.truth("ended", true)
	}
	out.close('}')
}

// addContext adds the context whose channel is waited on.
func (line *flaketuiLine) addContext(words []uint64) {
	if channel := line.objects[words[4]]; words[1] == flaketuiDoneChannel && channel != nil {
		channel.fields.address("context", words[0])
		line.object(words[0], "context").fields.address("done", words[4])
	}
}

func (line *flaketuiLine) addUse(words []uint64) {
	object := line.objects[words[0]]
	if object == nil {
		return
	}
	name := ""
	switch use := words[1]; {
	case object.kind == "context" && use == flaketuiDeadline:
		object.fields.number("due", words[3]+words[4])
		return
	case object.kind == "waitgroup" && use == flaketuiAdd:
		name = "last_add"
	case object.kind == "waitgroup" && use == flaketuiDone:
		name = "last_done"
	case object.kind == "cond" && use == flaketuiSignal:
		name = "last_signal"
	case object.kind == "cond" && use == flaketuiBroadcast:
		name = "last_broadcast"
	case object.kind == "context" && use == flaketuiMade:
		name = "made"
	case object.kind == "context" && use == flaketuiCancel:
		name = "cancel"
		object.fields.truth("canceled", true)
	default:
		return
	}
	line.event(&object.fields, name, words[2], words[3], words[5:])
}

func (line *flaketuiLine) addTimer(words []uint64) {
	fields := &line.object(words[0], "timer").fields
	if words[1] != 0 {
		fields.address("channel", words[1])
	} else {
		fields.number("goroutine", words[2])
	}
	fields.number("due", words[3])
	if words[4] != 0 {
		fields.number("period", words[4])
	}
}

func (line *flaketuiLine) addReached(words []uint64) {
	object := line.objects[words[0]]
	if object == nil || words[1] == line.asker || words[1] == object.reader {
		return
	}
	for _, wait := range line.waits[words[1]] {
		if wait.object == words[0] {
			return
		}
	}
	object.reader = words[1]
	object.reached.integer(words[1])
}

func (object *flaketuiObject) write(out *flaketuiJSON, address uint64) {
	out.open('{')
	out.text("address", "0x"+strconv.FormatUint(address, 16))
	out.text("kind", object.kind)
	if len(object.fields) > 0 {
		out.raw("," + string(object.fields))
	}
	if len(object.holders) > 0 {
		out.list("holders", object.holders)
	}
	if len(object.reached) > 0 {
		out.list("reachable_from", object.reached)
	}
	out.close('}')
}
