package runtime

func flaketuiElement(s *sudog) unsafe.Pointer { return s.elem.get() }

func flaketuiChannelOf(s *sudog) *hchan { return s.c.get() }
