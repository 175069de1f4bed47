"""What a profile's samples add up to: by node, by call, as a tree, by line of one's own."""
