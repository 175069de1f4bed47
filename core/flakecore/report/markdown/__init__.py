"""The report as Markdown, ready to be pasted."""
