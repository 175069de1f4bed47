package sync

//go:linkname flaketuiLayout
func flaketuiLayout() [9]uintptr {
	return [...]uintptr{
		unsafe.Offsetof((*RWMutex)(nil).w),
		unsafe.Offsetof((*RWMutex)(nil).writerSem),
		unsafe.Offsetof((*RWMutex)(nil).readerSem),
		unsafe.Offsetof((*RWMutex)(nil).readerCount),
		unsafe.Offsetof((*WaitGroup)(nil).state),
		unsafe.Offsetof((*WaitGroup)(nil).sema),
		unsafe.Offsetof((*Cond)(nil).notify),
		unsafe.Offsetof((*Cond)(nil).L),
		unsafe.Offsetof((*Once)(nil).m),
	}
}
