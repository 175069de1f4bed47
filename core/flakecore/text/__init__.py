"""Text in and out: its encodings, what of it may be shown, what stands for a part left out."""
