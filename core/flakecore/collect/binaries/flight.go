// The flight recorder of flaketui collect --flight: the latest of the execution trace stays in
// memory, and is written when a test fails, as a file of its own. A generation that stands in a file
// already is not written once more, so that several windows are no longer than the whole trace.

package testdeps

import (
	"internal/trace/tracev2"
	"os"
	"path/filepath"
	"runtime/trace"
	"strconv"
	"sync"
	"time"
	_ "unsafe" // for linkname
)

//go:linkname flaketuiOnPanic runtime.flaketuiOnPanic
func flaketuiOnPanic(job func())

const flaketuiWindowBytes = 64 << 20 // of a window, about: the recorder takes it as a hint

var flaketuiFlight struct {
	sync.Mutex // held while a window is written, for the recorder writes one at a time
	recorder   *trace.FlightRecorder
	written    uint64 // the last generation that stands in a file
}

func flaketuiStartFlight() {
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{
		MinAge:   flaketuiWindowAge,
		MaxBytes: flaketuiWindowBytes,
	})
	if recorder.Start() == nil {
		flaketuiFlight.recorder = recorder
		flaketuiOnPanic(flaketuiWriteWindow)
	}
}

// flaketuiWriteWindow writes what the recorder holds and no file does, so that the file is whole or
// absent. Its name tells when.
func flaketuiWriteWindow() {
	if flaketuiFlight.recorder == nil {
		return
	}
	flaketuiFlight.Lock()
	defer flaketuiFlight.Unlock()
	name := "flight-" + strconv.FormatInt(time.Now().UnixNano(), 10) + ".out"
	unfinished := filepath.Join(flaketui.folder, "."+name)
	file, err := os.Create(unfinished)
	if err != nil {
		return
	}
	window := flaketuiWindow{file: file, latest: flaketuiFlight.written}
	_, err = flaketuiFlight.recorder.WriteTo(&window)
	closed := file.Close()
	if err != nil || closed != nil || window.latest == flaketuiFlight.written {
		os.Remove(unfinished)
		return
	}
	if os.Rename(unfinished, filepath.Join(flaketui.folder, name)) == nil {
		flaketuiFlight.written = window.latest
	}
}

// flaketuiWindow is a file that takes the header and the batches of later generations.
type flaketuiWindow struct {
	file   *os.File
	latest uint64 // generation
	known  bool   // the batches that come are of a generation that stands in a file
}

// Write takes one batch, as the recorder writes them; an end of a generation has no number.
func (w *flaketuiWindow) Write(data []byte) (int, error) {
	if generation := flaketuiGeneration(data); generation != 0 {
		w.known = generation <= flaketuiFlight.written
		w.latest = max(w.latest, generation)
	}
	if w.known {
		return len(data), nil
	}
	return w.file.Write(data)
}

// flaketuiGeneration returns the number of a batch's generation, 0 for what is no batch.
func flaketuiGeneration(data []byte) (generation uint64) {
	if len(data) < 3 {
		return 0
	}
	rest := data[1:]
	switch tracev2.EventType(data[0]) {
	case tracev2.EvEventBatch:
	case tracev2.EvExperimentalBatch:
		rest = data[2:]
	default:
		return 0
	}
	for at, part := range rest {
		generation |= uint64(part&0x7f) << (7 * at)
		if part < 0x80 || at == 8 {
			break
		}
	}
	return generation
}
