"""The go test command: its flags, packages, toolchain, and the plan made of them."""
