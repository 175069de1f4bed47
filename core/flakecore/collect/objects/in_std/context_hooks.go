package context

//go:noescape
//go:linkname flaketuiUseContext runtime.flaketuiUseContext
func flaketuiUseContext(context unsafe.Pointer, use int, extra uintptr)

func flaketuiDone(context unsafe.Pointer, d any) {
	done := d.(chan struct{})
	flaketuiUseContext(context, 6, *(*uintptr)(unsafe.Pointer(&done)))
}
