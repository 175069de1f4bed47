package runtime

func flaketuiInBubble(*g) bool { return false }
