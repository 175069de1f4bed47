package runtime

func flaketuiAppendUse(record int, _ *hchan, _ int) {
	flaketuiWords[flaketuiFilled], flaketuiWords[flaketuiFilled+1], flaketuiWords[flaketuiFilled+2] = 0, 0, 0
	flaketuiFilled += 3
	flaketuiWords[record+1] += 3
}
