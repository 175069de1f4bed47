"""``flaketui collect`` with its options, and the sentences that it ends with."""
