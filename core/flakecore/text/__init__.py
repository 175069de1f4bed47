"""Text in and out: its encodings, what of it may be shown, events of it, parts left out."""
