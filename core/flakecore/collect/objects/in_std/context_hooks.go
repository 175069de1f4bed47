package context

//go:noescape
//go:linkname flaketuiUse runtime.flaketuiUse
func flaketuiUse(object unsafe.Pointer, use int, extra uintptr)

//go:noescape
//go:linkname flaketuiFirstUse runtime.flaketuiFirstUse
func flaketuiFirstUse(object unsafe.Pointer, use int)

func flaketuiDone(context unsafe.Pointer, d any) {
	done := d.(chan struct{})
	flaketuiUse(context, 6, *(*uintptr)(unsafe.Pointer(&done)))
}
