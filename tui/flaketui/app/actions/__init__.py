"""What the keys do: objects with one method an action, and the table that names each action."""
