"""Objects in explanations: who could end whose wait by a page, and how that is told."""
