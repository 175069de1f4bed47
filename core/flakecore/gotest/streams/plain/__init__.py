"""Plain output of ``go test``, as a person or a CI saved it: lines in, packages out."""
