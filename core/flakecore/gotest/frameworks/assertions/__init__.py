"""Libraries whose errors are messages of ``t.Error`` and its kin: from a message to the error."""
