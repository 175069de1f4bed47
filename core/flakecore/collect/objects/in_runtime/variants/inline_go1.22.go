package runtime

func flaketuiInlined(f funcInfo, pc uintptr) (inlineUnwinder, inlineFrame) {
	return newInlineUnwinder(f, pc)
}
