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
	lies    *flaketuiLayout
	once    uint64 // where the mutex of a Once lies in it
}

func flaketuiNoSymbols(lies *flaketuiLayout) flaketuiSymbols {
	return flaketuiSymbols{
		frameOf: map[uint64]int{}, stackOf: map[string]uint64{}, lies: lies, once: uint64(flaketuiLayoutOfSync()[8]),
	}
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

type flaketuiLock struct {
	kind, op string
	address  uint64
}

// lock returns the object that a semaphore belongs to by the calls that wait for it.
func (symbols *flaketuiSymbols) lock(pcs []uint64, semaphore uint64) flaketuiLock {
	lies := symbols.lies
	inMutex := false
	for _, pc := range pcs {
		switch symbols.names[symbols.frame(pc)] {
		case "sync.(*Mutex).Lock", "internal/sync.(*Mutex).Lock", "sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).lockSlow":
			inMutex = true
			continue
		case "sync.(*RWMutex).RLock":
			return flaketuiLock{"rwmutex", "rlock", semaphore - uint64(lies.reader)}
		case "sync.(*RWMutex).Lock":
			if inMutex {
				return flaketuiLock{"rwmutex", "lock", semaphore - uint64(lies.sema) - uint64(lies.writers)}
			}
			return flaketuiLock{"rwmutex", "lock", semaphore - uint64(lies.writer)}
		case "sync.(*Once).doSlow":
			return flaketuiLock{"once", "once", semaphore - uint64(lies.sema) - symbols.once}
		case "sync.(*WaitGroup).Wait":
			return flaketuiLock{"waitgroup", "wait", semaphore - uint64(lies.waiters)}
		}
		if inMutex {
			break
		}
	}
	if inMutex {
		return flaketuiLock{"mutex", "lock", semaphore - uint64(lies.sema)}
	}
	return flaketuiLock{"sema", "wait", semaphore}
}

// held returns the object that a mutex is part of by the calls that locked it.
func (symbols *flaketuiSymbols) held(pcs []uint64, mutex uint64) flaketuiLock {
	lies := symbols.lies
	for _, pc := range pcs {
		switch symbols.names[symbols.frame(pc)] {
		case "sync.(*Mutex).Lock", "internal/sync.(*Mutex).Lock", "sync.(*Mutex).TryLock", "internal/sync.(*Mutex).TryLock":
			continue
		case "sync.(*RWMutex).RLock", "sync.(*RWMutex).TryRLock":
			return flaketuiLock{"rwmutex", "", mutex}
		case "sync.(*RWMutex).Lock", "sync.(*RWMutex).TryLock":
			return flaketuiLock{"rwmutex", "", mutex - uint64(lies.writers)}
		case "sync.(*Once).doSlow":
			return flaketuiLock{"once", "", mutex - symbols.once}
		}
		break
	}
	return flaketuiLock{"mutex", "", mutex}
}
