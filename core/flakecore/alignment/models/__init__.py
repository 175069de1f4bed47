"""What is learned from certain pairs: units a write, shapes, words, and the scores of all three."""
