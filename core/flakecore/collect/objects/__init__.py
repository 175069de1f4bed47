"""The objects page: what is put into the runtime so that it can say who holds and awaits what."""
