// Writes what the runtime gathered as the objects page: one JSON object on a line.

package testdeps

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"unsafe"
)

//go:linkname flaketuiPage runtime.flaketuiPage
func flaketuiPage() []uint64

const flaketuiLongest = 16 << 20 // bytes of a page

var flaketuiPages sync.Mutex // held while a page is written

// flaketuiObjects writes a page for a reason, with the test that has failed, if any.
func flaketuiObjects(why, test string) {
	if flaketui.folder == "" {
		return
	}
	flaketuiPages.Lock()
	defer flaketuiPages.Unlock()
	line := flaketuiFormat(flaketuiPage(), why, test)
	if len(line) > flaketuiLongest {
		return
	}
	name := filepath.Join(flaketui.folder, "objects.json")
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return
	}
	file.Write(line)
	file.Close()
}

// Records of a page, as the runtime writes them: kind, number of words that follow, words.
const (
	flaketuiMoment = iota + 1
	flaketuiGoroutine
	flaketuiWait
	flaketuiChannel
	flaketuiHeld
	flaketuiLeftOut
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

// flaketuiLine is a page in the making.
type flaketuiLine struct {
	flaketuiSymbols
	waits   map[uint64][]flaketuiWaiting // by goroutine
	objects map[uint64]*flaketuiObject   // by address
	order   []uint64                     // addresses of objects
	writer  uint64                       // the goroutine that writes the page
}

type flaketuiWaiting struct {
	object uint64
	op     string // empty for a semaphore
}

type flaketuiObject struct {
	kind    string
	fields  flaketuiJSON
	holders flaketuiJSON
}

func flaketuiFormat(words []uint64, why, test string) []byte {
	line := &flaketuiLine{
		flaketuiSymbols: flaketuiNoSymbols(),
		waits:           map[uint64][]flaketuiWaiting{},
		objects:         map[uint64]*flaketuiObject{},
	}
	var page, goroutines, objects flaketuiJSON
	flaketuiEach(words, flaketuiChannel, line.addChannel)
	flaketuiEach(words, flaketuiWait, line.addWait)
	flaketuiEach(words, flaketuiGoroutine, func(words []uint64) { line.addGoroutine(&goroutines, words) })
	flaketuiEach(words, flaketuiHeld, line.addHolder)
	for _, address := range line.order {
		line.objects[address].write(&objects, address)
	}
	page.open('{')
	page.number("version", 1)
	page.text("why", why)
	if test != "" {
		page.text("test", test)
	}
	flaketuiEach(words, flaketuiMoment, func(words []uint64) {
		page.number("mono_ns", words[0])
		page.number("unix_ns", words[1])
	})
	page.text("go", runtime.Version())
	page.key("missing")
	page.raw(flaketuiMissing)
	page.key("lost")
	page.open('{')
	flaketuiEach(words, flaketuiLeftOut, func(words []uint64) {
		page.number("goroutines", words[0])
		page.number("objects", words[1])
	})
	page.close('}')
	page.list("goroutines", goroutines)
	page.list("objects", objects)
	page.list("frames", line.frames)
	page.list("stacks", line.stacks)
	page.close('}')
	return append(page, '\n')
}

func (line *flaketuiLine) object(address uint64, kind string) *flaketuiObject {
	found := line.objects[address]
	if found == nil {
		found = &flaketuiObject{kind: kind}
		line.objects[address] = found
		line.order = append(line.order, address)
	}
	return found
}

func (line *flaketuiLine) addChannel(words []uint64) {
	fields := &line.object(words[0], "chan").fields
	fields.number("cap", words[1])
	fields.number("len", words[2])
	fields.truth("closed", words[3] != 0)
	fields.text("elem", flaketuiText(words[4:]))
}

func (line *flaketuiLine) addWait(words []uint64) {
	op := ""
	switch words[2] {
	case flaketuiOnSend:
		op = "send"
	case flaketuiOnReceive:
		op = "receive"
	}
	line.waits[words[0]] = append(line.waits[words[0]], flaketuiWaiting{words[1], op})
}

func (line *flaketuiLine) addGoroutine(out *flaketuiJSON, words []uint64) {
	goid, depth := words[0], words[7]
	if words[6]&flaketuiSelf != 0 {
		line.writer = goid
		return
	}
	pcs, reason := words[8:8+depth], flaketuiText(words[8+depth:])
	out.open('{')
	out.number("id", goid)
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
	if words[4] != 0 {
		out.number("created_at", uint64(line.frame(words[4])))
	}
	if waits := line.waits[goid]; len(waits) > 0 {
		out.key("waits")
		out.open('[')
		for at := range waits {
			if waits[at].op == "" {
				lock := line.lock(pcs, waits[at].object)
				waits[at] = flaketuiWaiting{lock.address, lock.op}
				line.object(lock.address, lock.kind).kind = lock.kind
			}
			out.open('{')
			out.address("object", waits[at].object)
			out.text("op", waits[at].op)
			out.close('}')
		}
		out.close(']')
	}
	out.close('}')
}

func (line *flaketuiLine) addHolder(words []uint64) {
	address, goid, pcs := words[0], words[1], words[4:]
	if goid == line.writer {
		return
	}
	lock := line.held(pcs, address)
	for _, wait := range line.waits[goid] {
		// A writer holds off other writers while it waits for the readers.
		if wait.object == lock.address && lock.kind == "rwmutex" {
			return
		}
	}
	out := &line.object(lock.address, lock.kind).holders
	out.open('{')
	out.number("goroutine", goid)
	mode := "write"
	if words[3] != 0 {
		mode = "read"
	}
	out.text("mode", mode)
	out.number("since", words[2])
	if len(pcs) > 0 {
		out.number("stack", line.stack(pcs))
	}
	out.close('}')
}

func (object *flaketuiObject) write(out *flaketuiJSON, address uint64) {
	out.open('{')
	out.address("address", address)
	out.text("kind", object.kind)
	if len(object.fields) > 0 {
		out.raw("," + string(object.fields))
	}
	if len(object.holders) > 0 {
		out.list("holders", object.holders)
	}
	out.close('}')
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
