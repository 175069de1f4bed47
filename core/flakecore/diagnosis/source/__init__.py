"""What Go source says of locks, channels and wait groups: parsed only where a rule asks for it."""
