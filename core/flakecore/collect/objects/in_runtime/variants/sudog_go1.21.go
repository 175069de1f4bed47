package runtime

func flaketuiElement(s *sudog) unsafe.Pointer { return s.elem }

func flaketuiChannelOf(s *sudog) *hchan { return s.c }
