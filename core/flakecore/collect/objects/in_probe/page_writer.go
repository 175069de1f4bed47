// Writes what the runtime gathered as the objects page: one JSON object on a line.

package testdeps

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
	_ "unsafe" // for linkname
)

//go:linkname flaketuiPage runtime.flaketuiPage
func flaketuiPage(lies *flaketuiLayout, askerGoesOn bool, patience int64) []uint64

const (
	flaketuiLongest  = 16 << 20               // bytes of a page
	flaketuiPatience = 300 * time.Millisecond // that the heap is followed with the world stopped
	flaketuiHaste    = 5 * time.Millisecond   // the same where the tests go on
)

var (
	flaketuiPages sync.Mutex // held while a page is written
	flaketuiHung  bool       // whether the last one was of a hang
)

// flaketuiObjects writes a page for a reason, with the test that has failed, if any. It returns false
// if it could not.
func flaketuiObjects(why, test string) bool {
	if flaketui.folder == "" {
		return false
	}
	flaketuiPages.Lock()
	defer flaketuiPages.Unlock()
	if flaketuiHung && why == "end" {
		return false // there is one of the hang
	}
	flaketuiHung = why == "hang"
	lies := flaketuiLayoutOf()
	patience := flaketuiPatience
	if why == "fail" {
		patience = flaketuiHaste
	}
	line := flaketuiFormat(flaketuiPage(&lies, why == "fail", int64(patience)), &lies, why, test)
	if len(line) > flaketuiLongest {
		return false
	}
	name := filepath.Join(flaketui.folder, "objects.json")
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return false
	}
	_, err = file.Write(line)
	file.Close()
	return err == nil
}

// flaketuiLayout is where the parts of the types in package sync lie in them.
type flaketuiLayout struct {
	state, sema                    uintptr // of a Mutex
	writers, writer, reader, count uintptr // of an RWMutex
	counter, waiters               uintptr // of a WaitGroup
	notify, locker                 uintptr // of a Cond
}

func flaketuiLayoutOf() flaketuiLayout {
	at := flaketuiLayoutOfSync()
	state, sema := flaketuiLayoutOfMutex()
	return flaketuiLayout{state, sema, at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]}
}

// flaketuiLine is a page in the making.
type flaketuiLine struct {
	flaketuiSymbols
	waits   map[uint64][]flaketuiWaiting // by goroutine
	objects map[uint64]*flaketuiObject   // by address
	order   []uint64                     // addresses of objects
	asker   uint64                       // the goroutine that writes the page
	readers map[uint64]uint64            // how many locks for reading are known, by RWMutex
	late    map[uint64]uint64            // how many wait for one
	ended   map[uint64]bool              // goroutines
}

type flaketuiWaiting struct{ object, how, word uint64 }

func flaketuiFormat(words []uint64, lies *flaketuiLayout, why, test string) []byte {
	line := &flaketuiLine{
		flaketuiSymbols: flaketuiNoSymbols(lies),
		waits:           map[uint64][]flaketuiWaiting{},
		objects:         map[uint64]*flaketuiObject{},
		readers:         map[uint64]uint64{},
		late:            map[uint64]uint64{},
		ended:           map[uint64]bool{},
	}
	var page, goroutines, objects flaketuiJSON
	flaketuiEach(words, flaketuiGone, func(words []uint64) { line.ended[words[0]] = true })
	flaketuiEach(words, flaketuiWait, func(words []uint64) {
		line.waits[words[0]] = append(line.waits[words[0]], flaketuiWaiting{words[1], words[2], words[3]})
	})
	flaketuiEach(words, flaketuiChannel, line.addChannel)
	flaketuiEach(words, flaketuiGoroutine, func(words []uint64) { line.addGoroutine(&goroutines, words) })
	flaketuiEach(words, flaketuiGone, func(words []uint64) { line.addGone(&goroutines, words) })
	flaketuiEach(words, flaketuiHeld, line.countReaders)
	flaketuiEach(words, flaketuiHeld, line.addHolder)
	flaketuiEach(words, flaketuiUseOf, line.addContext)
	flaketuiEach(words, flaketuiUseOf, line.addUse)
	flaketuiEach(words, flaketuiTimer, line.addTimer)
	flaketuiEach(words, flaketuiReached, line.addReached)
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
		page.truth("reached_all", words[2] != 0)
	})
	page.text("go", runtime.Version())
	page.key("missing")
	page.raw(flaketuiMissing)
	page.key("lost")
	page.open('{')
	flaketuiEach(words, flaketuiLeftOut, func(words []uint64) {
		page.number("goroutines", words[0])
		page.number("objects", words[1])
		page.number("holders", words[2])
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
