"""The explorer: loading, drawing, actions, keys, links and saved state."""
