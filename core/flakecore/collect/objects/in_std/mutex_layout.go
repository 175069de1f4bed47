package sync

//go:linkname flaketuiLayoutOfMutex
func flaketuiLayoutOfMutex() (state, sema uintptr) {
	return unsafe.Offsetof((*Mutex)(nil).state), unsafe.Offsetof((*Mutex)(nil).sema)
}
