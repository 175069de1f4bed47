"""Semaphores: who takes a slot, gives one back, and holds one."""
