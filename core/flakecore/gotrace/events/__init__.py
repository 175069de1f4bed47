"""Event columns of a generation: decoding, context, order, and a stream of blocks."""
