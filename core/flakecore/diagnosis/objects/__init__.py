"""Objects in explanations: who could end whose wait by a page, and the sentences for it."""
