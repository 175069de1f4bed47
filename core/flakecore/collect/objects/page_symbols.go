// The frames and stacks of a page, each written once, and what their functions tell of a lock.

package testdeps

import (
	"runtime"
	"unsafe"
)

type flaketuiSymbols struct {
	frames  flaketuiJSON
	stacks  flaketuiJSON
	frameOf map[uint64]int    // by pc
	stackOf map[string]uint64 // by the bytes of its pcs
	names   []string          // of functions, by frame
}

func flaketuiNoSymbols() flaketuiSymbols {
	return flaketuiSymbols{frameOf: map[uint64]int{}, stackOf: map[string]uint64{}}
}

// frame returns the number of the frame that a call returns to.
func (symbols *flaketuiSymbols) frame(pc uint64) int {
	number, known := symbols.frameOf[pc]
	if !known {
		frame, _ := runtime.CallersFrames([]uintptr{uintptr(pc)}).Next()
		number = len(symbols.names)
		symbols.frameOf[pc] = number
		symbols.names = append(symbols.names, frame.Function)
		symbols.frames.open('[')
		symbols.frames.value(frame.Function)
		symbols.frames.value(frame.File)
		symbols.frames.integer(uint64(frame.Line))
		symbols.frames.close(']')
	}
	return number
}

// stack returns the number of a stack.
func (symbols *flaketuiSymbols) stack(pcs []uint64) uint64 {
	if len(pcs) == 0 {
		return 0
	}
	key := string(unsafe.Slice((*byte)(unsafe.Pointer(&pcs[0])), 8*len(pcs)))
	number, known := symbols.stackOf[key]
	if !known {
		frames := make([]int, len(pcs))
		for i, pc := range pcs {
			frames[i] = symbols.frame(pc)
		}
		number = uint64(len(symbols.stackOf))
		symbols.stackOf[key] = number
		symbols.stacks.open('[')
		for _, frame := range frames {
			symbols.stacks.integer(uint64(frame))
		}
		symbols.stacks.close(']')
	}
	return number
}

// flaketuiOffsets is where the parts of locks lie in them.
type flaketuiOffsets struct{ mutex, writers, writer, reader, once, waitgroup uint64 }

func flaketuiLayout() flaketuiOffsets {
	at := flaketuiLayoutOfSync()
	return flaketuiOffsets{
		uint64(flaketuiLayoutOfMutex()), uint64(at[0]), uint64(at[1]), uint64(at[2]), uint64(at[3]), uint64(at[4]),
	}
}

type flaketuiLock struct {
	kind, op string
	address  uint64
}

// lock returns the object that a semaphore belongs to by the calls that wait for it.
func (symbols *flaketuiSymbols) lock(pcs []uint64, semaphore uint64) flaketuiLock {
	layout := flaketuiLayout()
	inMutex := false
	for _, pc := range pcs {
		switch symbols.names[symbols.frame(pc)] {
		case "sync.(*Mutex).Lock", "internal/sync.(*Mutex).Lock", "sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).lockSlow":
			inMutex = true
			continue
		case "sync.(*RWMutex).RLock":
			return flaketuiLock{"rwmutex", "rlock", semaphore - layout.reader}
		case "sync.(*RWMutex).Lock":
			if inMutex {
				return flaketuiLock{"rwmutex", "lock", semaphore - layout.mutex - layout.writers}
			}
			return flaketuiLock{"rwmutex", "lock", semaphore - layout.writer}
		case "sync.(*Once).doSlow":
			return flaketuiLock{"once", "once", semaphore - layout.mutex - layout.once}
		case "sync.(*WaitGroup).Wait":
			return flaketuiLock{"waitgroup", "wait", semaphore - layout.waitgroup}
		}
		if inMutex {
			break
		}
	}
	if inMutex {
		return flaketuiLock{"mutex", "lock", semaphore - layout.mutex}
	}
	return flaketuiLock{"sema", "wait", semaphore}
}

// held returns the object that a mutex is part of by the calls that locked it.
func (symbols *flaketuiSymbols) held(pcs []uint64, mutex uint64) flaketuiLock {
	layout := flaketuiLayout()
	for _, pc := range pcs {
		switch symbols.names[symbols.frame(pc)] {
		case "sync.(*Mutex).Lock", "internal/sync.(*Mutex).Lock", "sync.(*Mutex).TryLock", "internal/sync.(*Mutex).TryLock":
			continue
		case "sync.(*RWMutex).RLock", "sync.(*RWMutex).TryRLock":
			return flaketuiLock{"rwmutex", "", mutex}
		case "sync.(*RWMutex).Lock", "sync.(*RWMutex).TryLock":
			return flaketuiLock{"rwmutex", "", mutex - layout.writers}
		case "sync.(*Once).doSlow":
			return flaketuiLock{"once", "", mutex - layout.once}
		}
		break
	}
	return flaketuiLock{"mutex", "", mutex}
}
