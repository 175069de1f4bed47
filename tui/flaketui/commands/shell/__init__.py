"""What shells and manuals are told of the commands, all of it read from their parsers."""
