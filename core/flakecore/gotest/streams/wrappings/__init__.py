"""What stands around test output: prefixes, quoting, indentation, markup; one module each."""
