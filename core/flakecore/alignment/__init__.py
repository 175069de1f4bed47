"""Which write printed which line? Output and a trace in; pairs, and how sure each is, out."""
