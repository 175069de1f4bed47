"""Waits for locks and Onces: who holds what, and in which orders locks are taken."""
